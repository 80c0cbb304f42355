using System.Security.Cryptography;
using Grpc.Core;
using Phenaki.Story.V1;

namespace Phenaki.FunctionalTests;

/// <summary>Clients that have one story after the other made until they are told to stop.</summary>
/// <param name="calls">Where they call.</param>
internal sealed class StoryLoad(CallInvoker calls)
{
    private readonly StoryService.StoryServiceClient _client = new(calls);
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, string> _made = [];
    private ulong _seed;
    private volatile bool _isOver;

    /// <summary>Digest of the frames of each story that was made, by its seed.</summary>
    public IReadOnlyDictionary<ulong, string> Made
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<ulong, string>(_made);
            }
        }
    }

    /// <summary>Runs some clients; ends when <see cref="Stop"/> was called and their stories are made, or with the first failure.</summary>
    public Task RunAsync(int clients, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(_ => ClientAsync(cancellationToken)));

    /// <summary>Lets the clients finish.</summary>
    public void Stop() => _isOver = true;

    /// <summary>Has one story made.</summary>
    /// <returns>A digest of its frames.</returns>
    public async Task<string> MakeAsync(ulong seed, CancellationToken cancellationToken)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var request = new GenerateStoryRequest
        {
            Seed = seed,
            Scenes = { new Scene { Prompt = "a bear walks on mars.", Frames = 17 } },
            Sampling = new() { Steps = 48 },
        };
        using var call = _client.GenerateStory(request, cancellationToken: cancellationToken);
        var finished = false;
        await foreach (var item in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (item.Frame is { } frame)
            {
                digest.AppendData(frame.Frame.Rgb.Span);
            }

            finished |= item.Finished is not null;
        }

        Assert.True(finished);
        return Convert.ToHexString(digest.GetCurrentHash());
    }

    private async Task ClientAsync(CancellationToken cancellationToken)
    {
        while (!_isOver)
        {
            var seed = Interlocked.Increment(ref _seed);
            var frames = await MakeAsync(seed, cancellationToken);
            lock (_gate)
            {
                _made[seed] = frames;
            }
        }
    }
}
