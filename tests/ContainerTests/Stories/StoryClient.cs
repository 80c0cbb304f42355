using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Phenaki.Story.V1;
using Phenaki.Testing;

namespace Phenaki.ContainerTests.Stories;

/// <summary>A well-behaved client: what broke off with UNAVAILABLE is asked for again, from the start, until it is there.</summary>
internal sealed class StoryClient(Uri orchestrator) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(orchestrator, new()
    {
        MaxReceiveMessageSize = null,
        HttpHandler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) },
        MaxReconnectBackoff = TimeSpan.FromSeconds(1),
        InitialReconnectBackoff = Pause,
    });

    /// <summary>Waits until the orchestrator, and with it all that it needs, is ready.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        var health = new Health.HealthClient(_channel);
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return (await health.CheckAsync(new(), cancellationToken: cancellationToken)).Status == HealthCheckResponse.Types.ServingStatus.Serving;
                }
                catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
                {
                    await Task.Delay(Pause, TimeProvider.System, cancellationToken);
                    return false;
                }
            },
            cancellationToken);
    }

    /// <summary>Has a story made.</summary>
    /// <param name="request">The story.</param>
    /// <param name="middle">Done once, as soon as a step of the last scene is told: the story is then in its midst.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<MadeStory> MakeAsync(GenerateStoryRequest request, Func<Task>? middle, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var frames = new List<byte[]>();
                var clips = 0L;
                StoryFinished? finished = null;
                using var call = new StoryService.StoryServiceClient(_channel).GenerateStory(request, cancellationToken: cancellationToken);
                await foreach (var told in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    if (told.Frame is { } frame)
                    {
                        Assert.Equal((uint)frames.Count, frame.Frame.Index);
                        frames.Add(frame.Frame.Rgb.ToByteArray());
                    }

                    if (middle is not null && told.Progress is { Step: > 1 } progress && progress.Scene == request.Scenes.Count - 1)
                    {
                        var act = middle;
                        middle = null;
                        await act();
                    }

                    clips = told.Accepted?.Scenes.Sum(scene => scene.Clips) ?? clips;
                    finished = told.Finished ?? finished;
                }

                Assert.NotNull(finished);
                Assert.Null(middle);
                Assert.Equal(finished.Frames, (uint)frames.Count);
                return new(frames, clips, finished, attempt);
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
