namespace Phenaki.Serving.Tests;

public sealed class ModelThreadTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task InvokeAsync_Many_RunInOrderOnOneThread()
    {
        await using var held = new HeldThread();
        var order = new List<(int Number, int Thread)>();
        Task[] all = [.. Enumerable.Range(0, 50).Select(i => held.Thread.InvokeAsync(
            () => order.Add((i, Environment.CurrentManagedThreadId)), Ended))];
        held.LetGo();
        await Task.WhenAll(all);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (i, held.Id)), order);
    }

    [Fact(Timeout = 60_000)]
    public async Task InvokeAsync_WorkFails_OnlyItsCallerHearsOfIt()
    {
        await using var thread = new ModelThread("model");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => thread.InvokeAsync<int>(() => throw new InvalidOperationException("broken"), Ended));
        Assert.Equal("broken", error.Message);
        Assert.Equal(7, await thread.InvokeAsync(() => 7, Ended));
    }

    [Fact(Timeout = 60_000)]
    public async Task InvokeAsync_CancelledWhileWaiting_IsNeverRun()
    {
        await using var held = new HeldThread();
        await held.Held;
        using var leaving = new CancellationTokenSource();
        bool ran = false;
        Task work = held.Thread.InvokeAsync(() => ran = true, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        held.LetGo();
        await held.Thread.InvokeAsync(() => { }, Ended);
        Assert.False(ran);
    }

    [Fact(Timeout = 60_000)]
    public async Task InvokeAsync_CancelledWhileRunning_GivesItsResult()
    {
        await using var thread = new ModelThread("model");
        using var leaving = new CancellationTokenSource();
        Assert.Equal(3, await thread.InvokeAsync(
            () =>
            {
                leaving.Cancel();
                return 3;
            },
            leaving.Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task InvokeAsync_TooManyWait_IsRefusedAndReleaseIsNot()
    {
        await using var held = new HeldThread(capacity: 2);
        await held.Held;
        Task[] waiting = [held.Thread.InvokeAsync(() => { }, Ended), held.Thread.InvokeAsync(() => { }, Ended)];
        var refused = await Assert.ThrowsAsync<AdmissionRefusedException>(() => held.Thread.InvokeAsync(() => { }, Ended));
        Assert.Equal(AdmissionRefusalReason.QueueFull, refused.Refusal.Reason);
        var resource = new Resource();
        Task released = held.Thread.ReleaseAsync(resource);
        held.LetGo();
        await Task.WhenAll([.. waiting, released]);
        Assert.Equal([held.Id], resource.DisposedOn);
        await held.Thread.InvokeAsync(() => { }, Ended);
    }

    [Fact(Timeout = 60_000)]
    public async Task DisposeAsync_WithWorkWaiting_RunsItAndRefusesNew()
    {
        var held = new HeldThread();
        Task<int> waiting = held.Thread.InvokeAsync(() => 5, Ended);
        await held.DisposeAsync();
        Assert.Equal(5, await waiting);
        var refused = await Assert.ThrowsAsync<AdmissionRefusedException>(() => held.Thread.InvokeAsync(() => { }, Ended));
        Assert.Equal(AdmissionRefusalReason.Draining, refused.Refusal.Reason);
        var resource = new Resource();
        await held.Thread.ReleaseAsync(resource);
        Assert.Single(resource.DisposedOn);
        await held.Thread.DisposeAsync();
    }

    private sealed class Resource : IDisposable
    {
        public List<int> DisposedOn { get; } = [];

        public void Dispose() => DisposedOn.Add(Environment.CurrentManagedThreadId);
    }
}
