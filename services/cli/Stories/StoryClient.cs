using Grpc.Core;
using Phenaki.Contracts;
using Phenaki.Media;
using Phenaki.Story.V1;

namespace Phenaki.Cli.Stories;

/// <summary>Has a story made and writes it as it comes. One that breaks off because a replica leaves is asked for again, and goes on where it was.</summary>
internal sealed class StoryClient(StoryService.StoryServiceClient service, IStoryProgress progress, TimeProvider time)
{
    /// <summary>Makes the story.</summary>
    /// <param name="story">Checked.</param>
    /// <param name="request">Its request.</param>
    /// <param name="cancellationToken">Cancels the call; the output is then as it was.</param>
    /// <exception cref="RpcException">The service refuses or fails.</exception>
    /// <exception cref="MediaException">The video cannot be written.</exception>
    public async Task<StoryResult> MakeAsync(StoryArguments story, GenerateStoryRequest request, CancellationToken cancellationToken)
    {
        StoryResult? result = null;
        await progress.RunAsync(async () => result = await ReceiveAsync(story, request, cancellationToken));
        return result!;
    }

    /// <summary>The request of a story.</summary>
    /// <param name="story">Checked.</param>
    /// <param name="opening">Frames that it goes on from; may be none.</param>
    /// <param name="prefixFrames">How many of the last of them the service makes use of.</param>
    public static GenerateStoryRequest Request(StoryArguments story, IReadOnlyList<byte[]> opening, int prefixFrames)
    {
        var request = new GenerateStoryRequest
        {
            Scenes = { story.Prompts.Select(prompt => new Scene { Prompt = prompt, Frames = (uint)(story.Frames ?? 0) }) },
            Style = story.Style,
            NegativePrompt = story.Negative,
            OpeningFrames = { opening.TakeLast(prefixFrames).Select((rgb, index) => WireTensor.Frame(index, rgb)) },
            Sampling = story.Sampling.ToWire(),
        };
        if (story.Seed is { } seed)
        {
            request.Seed = seed;
        }

        return request;
    }

    private async Task<StoryResult> ReceiveAsync(StoryArguments story, GenerateStoryRequest request, CancellationToken cancellationToken)
    {
        var resumption = new StoryResumption(time);
        await using var received = new ReceivedStory(progress, plan => Open(story.Video, story.Output, plan), resumption.Progressed);
        while (true)
        {
            try
            {
                // The call is read to its status: one that is left after the last event counts as cancelled.
                using var call = service.GenerateStory(request, cancellationToken: cancellationToken);
                await foreach (var item in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    await received.TakeAsync(item, cancellationToken);
                }

                var finished = received.Finished ?? throw CliException.Failure("The service ended the story before it was complete.");
                await received.CompleteAsync(cancellationToken);
                return new StoryResult(received.Plan!, received.Scenes, finished, Files(story.Output));
            }
            catch (RpcException broken) when (received.Plan is not null && resumption.IsWorthIt(broken))
            {
                await resumption.WaitAsync(broken, cancellationToken);
                request.Seed = received.Plan.Seed;
                received.BeginAgain();
            }
        }
    }

    /// <summary>Opens the video of a story.</summary>
    /// <param name="video">How it is to be written.</param>
    /// <param name="output">What to write.</param>
    /// <param name="plan">Has its size.</param>
    public static IVideoSink Open(VideoArguments video, string output, StoryAccepted plan)
    {
        var (height, width) = ((int)plan.Height, (int)plan.Width);
        return VideoOutput.Open(output, width, height, plan.FramesPerSecond, video.ToWriter(height, width));
    }

    /// <summary>The files that were written.</summary>
    public static string[] Files(string output) =>
        Directory.Exists(output) ? [.. Directory.EnumerateFiles(output).Order(StringComparer.Ordinal)] : [output];
}
