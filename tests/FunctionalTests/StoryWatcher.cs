using Grpc.Core;
using Grpc.Net.Client;
using Phenaki.Story.V1;

namespace Phenaki.FunctionalTests;

/// <summary>Watches a story at one replica after the other: whenever a connection breaks it goes on after the last number that it has seen.</summary>
/// <param name="id">The story.</param>
/// <param name="addresses">The replicas.</param>
internal sealed class StoryWatcher(string id, IReadOnlyList<string> addresses)
{
    private readonly List<WatchStoryResponse> _events = [];
    private readonly Lock _gate = new();

    /// <summary>Events with a number, as they came.</summary>
    public IReadOnlyList<WatchStoryResponse> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Number of the last one; 0 before the first.</summary>
    public ulong Last => Events is [.., var last] ? last.Number : 0;

    /// <summary>Frames that have come.</summary>
    public int Frames => Events.Count(item => item.Frame is not null);

    /// <summary>How often a connection broke, or could not be had.</summary>
    public int Breaks { get; private set; }

    /// <summary>Watches to the last event.</summary>
    public async Task<StoryWatcher> RunAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var channel = GrpcChannel.ForAddress(addresses[attempt % addresses.Count]);
            try
            {
                using var call = new StoryService.StoryServiceClient(channel).WatchStory(
                    new() { Id = id, After = Last }, cancellationToken: cancellationToken);
                await foreach (var item in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    if (item.Number > 0)
                    {
                        lock (_gate)
                        {
                            _events.Add(item);
                        }
                    }
                }

                return this;
            }
            catch (RpcException broken) when (StoryCalls.IsPassing(broken))
            {
                Breaks++;
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
        }
    }

    /// <summary>Every event has come exactly once, in order, and the story is whole.</summary>
    /// <param name="frames">Its frames.</param>
    public void AssertWhole(int frames)
    {
        Assert.Equal(Enumerable.Range(1, Events.Count).Select(number => (ulong)number), Events.Select(item => item.Number));
        Assert.Equal(Enumerable.Range(0, frames).Select(index => (uint)index), Events.Where(item => item.Frame is not null).Select(item => item.Frame.Frame.Index));
        Assert.Equal(StoryState.Succeeded, Events[^1].StateChanged.State);
    }
}
