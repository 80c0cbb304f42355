using Grpc.Core;
using Phenaki.Story.V1;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>A director: gives commands to a story, and takes what comes of them.</summary>
internal sealed class DirectedCall : IDisposable
{
    private readonly AsyncDuplexStreamingCall<DirectStoryRequest, DirectStoryResponse> _call;
    private readonly CancellationToken _cancellation;
    private readonly Lock _gate = new();
    private readonly List<WatchStoryResponse> _events = [];
    private readonly List<StoryCommandAnswer> _answers = [];
    private int _given;

    private DirectedCall(AsyncDuplexStreamingCall<DirectStoryRequest, DirectStoryResponse> call, WireStory story, CancellationToken cancellation)
    {
        _call = call;
        _cancellation = cancellation;
        Story = story;
        Ended = ReadAsync();
    }

    /// <summary>The story when it was begun or joined.</summary>
    public WireStory Story { get; }

    /// <summary>Ends with the stream.</summary>
    public Task Ended { get; }

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

    public int Frames => Events.Count(item => item.Frame is not null);

    public static async Task<DirectedCall> OpenAsync(
        StoryService.StoryServiceClient client, DirectStoryRequest first, CancellationToken cancellation, Metadata? headers = null)
    {
        var call = client.DirectStory(headers, cancellationToken: cancellation);
        try
        {
            await call.RequestStream.WriteAsync(first, cancellation);
            Assert.True(await call.ResponseStream.MoveNext(cancellation));
            return new(call, call.ResponseStream.Current.Story, cancellation);
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    public static Task<DirectedCall> BeginAsync(FakeMesh mesh, GenerateStoryRequest story, CancellationToken cancellation, string name = "") =>
        OpenAsync(mesh.Client, new() { Begin = new() { RequestId = name, Story = story } }, cancellation);

    public static Task<DirectedCall> JoinAsync(FakeMesh mesh, string id, ulong after, CancellationToken cancellation) =>
        OpenAsync(mesh.Client, new() { Join = new() { Id = id, After = after } }, cancellation);

    /// <summary>Gives a command and waits for its answer.</summary>
    public async Task<StoryCommandAnswer> GiveAsync(StoryCommand command)
    {
        var number = _given++;
        await _call.RequestStream.WriteAsync(new() { Command = command }, _cancellation);
        await Testing.Eventually.TrueAsync(() => ValueTask.FromResult(Ended.IsCompleted || Answers.Count > number), _cancellation);
        return Answers[number];
    }

    /// <summary>Gives a command that is taken.</summary>
    /// <returns>From which frame on it takes effect.</returns>
    public async Task<uint> TakenAsync(StoryCommand command)
    {
        var answer = await GiveAsync(command);
        Assert.Null(answer.Error);
        return answer.FromFrame;
    }

    public Task SendAsync(DirectStoryRequest request) => _call.RequestStream.WriteAsync(request, _cancellation);

    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    public Task SeesAsync(Func<WatchStoryResponse, bool> what) =>
        Testing.Eventually.TrueAsync(() => ValueTask.FromResult(Events.Any(what)), _cancellation);

    public void Dispose() => _call.Dispose();

    private IReadOnlyList<StoryCommandAnswer> Answers
    {
        get
        {
            lock (_gate)
            {
                return [.. _answers];
            }
        }
    }

    private async Task ReadAsync()
    {
        await foreach (var item in _call.ResponseStream.ReadAllAsync(_cancellation))
        {
            lock (_gate)
            {
                if (item.Event is not null)
                {
                    _events.Add(item.Event);
                }
                else
                {
                    _answers.Add(item.Answer);
                }
            }
        }
    }
}
