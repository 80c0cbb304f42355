namespace Phenaki.Models.Tests;

/// <summary>Collects garbage without a pause, for a while: what libtorch uses and nothing refers to is freed while it is used.</summary>
internal sealed class GarbageStorm : IAsyncDisposable
{
    // Each stops every other test as well.
    private const int Most = 100;

    private readonly CancellationTokenSource _ended = new();
    private readonly Task _collecting;

    private GarbageStorm() => _collecting = Task.Run(Collect, CancellationToken.None);

    /// <summary>False once it has calmed down.</summary>
    public bool Rages => !_collecting.IsCompleted;

    /// <summary>Begins to collect.</summary>
    public static GarbageStorm Begin() => new();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _collecting;
        _ended.Dispose();
    }

    private void Collect()
    {
        for (int i = 0; i < Most && !_ended.IsCancellationRequested; i++)
        {
            GC.Collect();
        }
    }
}
