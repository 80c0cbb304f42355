using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace Phenaki.Cli.Stories;

/// <summary>Decides whether a story that broke off is asked for again: its seed makes the same frames, and what was made is in the cache.</summary>
/// <param name="time">The clock.</param>
/// <param name="maxTries">Most tries in a row, without a frame between them.</param>
internal sealed class StoryResumption(TimeProvider time, int maxTries = 6)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private int _tries;

    /// <summary>A frame came that had not come before.</summary>
    public void Progressed() => _tries = 0;

    /// <summary>True for a failure that another try, perhaps at another replica, may overcome.</summary>
    public bool IsWorthIt(RpcException failure) => _tries < maxTries
        && (failure.StatusCode == StatusCode.Unavailable || failure.Status.DebugException is HttpRequestException or IOException);

    /// <summary>Waits as long as the service wishes, or a little longer each time.</summary>
    public Task WaitAsync(RpcException failure, CancellationToken cancellationToken)
    {
        var ours = FirstWait * Math.Pow(2, _tries++);
        var wait = Wish(failure) is { } theirs && theirs > ours ? theirs : ours;
        return Task.Delay(wait < LongestWait ? wait : LongestWait, time, cancellationToken);
    }

    private static TimeSpan? Wish(RpcException failure)
    {
        try
        {
            return failure.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan();
        }
        catch (Exception damaged) when (damaged is InvalidProtocolBufferException or InvalidOperationException)
        {
            // The details come from the other side; without them the failure is still a failure.
            return null;
        }
    }
}
