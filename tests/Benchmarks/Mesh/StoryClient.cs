using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Phenaki.Story.V1;

namespace Phenaki.Benchmarks.Mesh;

/// <summary>Asks an orchestrator for stories.</summary>
internal sealed class StoryClient(string address) : IDisposable
{
    /// <summary>Frames of the first clip of a story.</summary>
    public const int FirstFrames = 11;
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(address);

    /// <summary>Has a story of one clip a scene made.</summary>
    /// <returns>Seconds from the request to the end of each scene.</returns>
    public async Task<List<double>> MakeAsync(IReadOnlyList<string> prompts, ulong seed, CancellationToken cancellationToken)
    {
        var request = new GenerateStoryRequest { Seed = seed };
        request.Scenes.AddRange(prompts.Select((prompt, scene) => new Scene { Prompt = prompt, Frames = (uint)(scene == 0 ? FirstFrames : FirstFrames - DirectStory.PrefixFrames) }));
        var ends = new List<double>();
        long start = Stopwatch.GetTimestamp();
        using var call = new StoryService.StoryServiceClient(_channel).GenerateStory(request, cancellationToken: cancellationToken);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (answer.EventCase == GenerateStoryResponse.EventOneofCase.SceneFinished)
            {
                ends.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return ends;
    }

    /// <inheritdoc />
    public void Dispose() => _channel.Dispose();
}
