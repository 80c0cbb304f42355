namespace Phenaki.Serving.Tests;

/// <summary>A model's thread that does nothing until it is let go, so that a test decides what is waiting when it begins.</summary>
internal sealed class HeldThread : IAsyncDisposable
{
    private readonly ManualResetEventSlim gate = new();
    private readonly Task holding;

    public HeldThread(int capacity = 1024)
    {
        Thread = new ModelThread("model under test", capacity);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        holding = Thread.InvokeAsync(
            () =>
            {
                Id = Environment.CurrentManagedThreadId;
                held.SetResult();
                gate.Wait(TimeSpan.FromSeconds(50));
            },
            CancellationToken.None);
        Held = held.Task;
    }

    public ModelThread Thread { get; }

    public Task Held { get; }

    public int Id { get; private set; }

    public void LetGo() => gate.Set();

    public async ValueTask DisposeAsync()
    {
        gate.Set();
        await holding;
        await Thread.DisposeAsync();
        gate.Dispose();
    }
}
