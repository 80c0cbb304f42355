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

    /// <summary>Hands in a story that outlives its client.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateAsync(GenerateStoryRequest request, CancellationToken cancellationToken)
    {
        var create = new CreateStoryRequest { Story = request, RequestId = "one" };
        while (true)
        {
            try
            {
                return (await new StoryService.StoryServiceClient(_channel).CreateStoryAsync(create, cancellationToken: cancellationToken)).Story.Id;
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }

    /// <summary>Watches such a story to its end, from the last event seen on where the call breaks off.</summary>
    /// <param name="id">The story.</param>
    /// <param name="middle">Done once, after a frame of the first scene.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The pixels of each frame.</returns>
    public async Task<IReadOnlyList<byte[]>> WatchAsync(string id, Func<Task> middle, CancellationToken cancellationToken)
    {
        var frames = new List<byte[]>();
        var act = middle;
        var last = new WatchStoryResponse();
        while (true)
        {
            try
            {
                using var call = new StoryService.StoryServiceClient(_channel).WatchStory(new() { Id = id, After = last.Number }, cancellationToken: cancellationToken);
                await foreach (var told in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    last = told.Number > 0 ? told : last;
                    if (told.Frame is { } frame)
                    {
                        frames.Add(frame.Frame.Rgb.ToByteArray());
                        await Interlocked.Exchange(ref act, () => Task.CompletedTask)();
                    }
                }

                Assert.Equal(StoryState.Succeeded, last.StateChanged?.State);
                return frames;
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
