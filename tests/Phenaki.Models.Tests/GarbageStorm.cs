namespace Phenaki.Models.Tests;

/// <summary>Collects garbage without a pause, until it is disposed: what libtorch uses and nothing refers to is freed while it is used.</summary>
internal sealed class GarbageStorm : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _collecting;

    private GarbageStorm() => _collecting = Task.Run(Collect, CancellationToken.None);

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
        while (!_ended.IsCancellationRequested)
        {
            GC.Collect();
        }
    }
}
