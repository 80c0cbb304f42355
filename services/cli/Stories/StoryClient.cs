using Grpc.Core;
using Phenaki.Contracts;
using Phenaki.Media;
using Phenaki.Story.V1;

namespace Phenaki.Cli.Stories;

/// <summary>Has a story made and writes it as it comes.</summary>
internal sealed class StoryClient(StoryService.StoryServiceClient service, IStoryProgress progress)
{
    /// <summary>Makes the story.</summary>
    /// <param name="story">Checked.</param>
    /// <param name="opening">Frames that it goes on from; may be none.</param>
    /// <param name="prefixFrames">How many of the last of them the service makes use of.</param>
    /// <param name="cancellationToken">Cancels the call; the output is then as it was.</param>
    /// <exception cref="RpcException">The service refuses or fails.</exception>
    /// <exception cref="MediaException">The video cannot be written.</exception>
    public async Task<StoryResult> MakeAsync(StoryArguments story, IReadOnlyList<byte[]> opening, int prefixFrames, CancellationToken cancellationToken)
    {
        StoryResult? result = null;
        await progress.RunAsync(async () => result = await ReceiveAsync(story, Request(story, opening, prefixFrames), cancellationToken));
        return result!;
    }

    private static GenerateStoryRequest Request(StoryArguments story, IReadOnlyList<byte[]> opening, int prefixFrames)
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
        using var call = service.GenerateStory(request, cancellationToken: cancellationToken);
        StoryAccepted? plan = null;
        List<SceneFinished> scenes = [];
        StoryResult? result = null;
        IVideoSink? sink = null;
        try
        {
            await foreach (var item in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                progress.Show(item);
                switch (item.EventCase)
                {
                    case GenerateStoryResponse.EventOneofCase.Accepted:
                        plan = item.Accepted;
                        sink = Open(story, plan);
                        break;
                    case GenerateStoryResponse.EventOneofCase.Frame:
                        await sink!.AddFrameAsync(item.Frame.Frame.Rgb.Memory, cancellationToken);
                        break;
                    case GenerateStoryResponse.EventOneofCase.SceneFinished:
                        scenes.Add(item.SceneFinished);
                        break;
                    case GenerateStoryResponse.EventOneofCase.Finished:
                        await sink!.CompleteAsync(cancellationToken);
                        result = new StoryResult(plan!, scenes, item.Finished, Files(story.Output));
                        break;
                }
            }
        }
        finally
        {
            if (sink is not null)
            {
                await sink.DisposeAsync();
            }
        }

        // The call is read to its status: one that is left after the last event counts as cancelled.
        return result ?? throw CliException.Failure("The service ended the story before it was complete.");
    }

    private static IVideoSink Open(StoryArguments story, StoryAccepted plan)
    {
        var (height, width) = ((int)plan.Height, (int)plan.Width);
        return VideoOutput.Open(story.Output, width, height, plan.FramesPerSecond, story.Video.ToWriter(height, width));
    }

    private static string[] Files(string output) =>
        Directory.Exists(output) ? [.. Directory.EnumerateFiles(output).Order(StringComparer.Ordinal)] : [output];
}
