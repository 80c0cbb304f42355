namespace Phenaki.Fuzzing.Tests;

/// <summary>A clock on which a minute passes between any two looks, so that nobody waits for what will not come.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private long _looks;

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => 60 * Interlocked.Increment(ref _looks);
}
