using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Phenaki.Serving.Tests;

public sealed class BatchingQueueTests
{
    private readonly FakeTimeProvider time = new();
    private readonly List<int[]> batches = [];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public Task RunAsync_AnyCosts_BatchesKeepOrderAndBudget() =>
        Gen.Select(Gen.Int[1, 12].Array[1, 30], Gen.Int[1, 5]).SampleAsync(
            async (costs, maxItems) =>
            {
                var seen = new List<int[]>();
                await using var held = new HeldThread();
                var options = new BatchingOptions { MaxBatchCost = 10, MaxBatchItems = maxItems, MaxWait = TimeSpan.Zero };
                await using var queue = new BatchingQueue<int, int>(held.Thread, Admission(costs.Length), options, Twice(seen), time);
                Task<int>[] all = [.. costs.Select((cost, i) => queue.RunAsync(i, new WorkTerms(cost), Ended))];
                held.LetGo();
                Assert.Equal(Enumerable.Range(0, costs.Length).Select(i => 2 * i), await Task.WhenAll(all));
                Assert.Equal(Enumerable.Range(0, costs.Length), seen.SelectMany(batch => batch));
                Assert.All(seen, batch =>
                {
                    Assert.InRange(batch.Length, 1, maxItems);
                    Assert.True(batch.Length == 1 || batch.Sum(i => costs[i]) <= 10);
                });

                // No batch could have held the next item too.
                Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.True(
                    pair.First.Length == maxItems || pair.First.Sum(i => costs[i]) + costs[pair.Second[0]] > 10));
            },
            iter: 200);

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_NotFull_WaitsForOthersUpToTheLongestWait()
    {
        await using var thread = new ModelThread("model");
        await using BatchingQueue<int, int> queue = Queue(thread, new BatchingOptions { MaxWait = TimeSpan.FromMilliseconds(5) });
        Task<int> first = queue.RunAsync(1, new WorkTerms(1), Ended);
        time.Advance(TimeSpan.FromMilliseconds(3));
        Task<int> second = queue.RunAsync(2, new WorkTerms(1), Ended);
        await thread.InvokeAsync(() => { }, Ended);
        Assert.Empty(batches);
        time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal((2, 4), (await first, await second));
        Assert.Equal([1, 2], Assert.Single(batches));
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_BudgetReached_DoesNotWait()
    {
        await using var thread = new ModelThread("model");
        await using BatchingQueue<int, int> queue = Queue(
            thread, new BatchingOptions { MaxWait = TimeSpan.FromSeconds(1), MaxBatchCost = 2 });
        Task<int> first = queue.RunAsync(1, new WorkTerms(1), Ended);
        Task<int> second = queue.RunAsync(2, new WorkTerms(1), Ended);
        await Task.WhenAll(first, second);
        Assert.Single(batches);

        // The wait of what comes later is counted from its own arrival.
        Task<int> third = queue.RunAsync(3, new WorkTerms(1), Ended);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(6, await third);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_OneIsCancelled_TheOthersAreRunWithoutIt()
    {
        await using var held = new HeldThread();
        var admission = Admission(3);
        await using var queue = new BatchingQueue<int, int>(
            held.Thread, admission, new BatchingOptions { MaxWait = TimeSpan.Zero }, Twice(batches), time);
        using var leaving = new CancellationTokenSource();
        Task<int> first = queue.RunAsync(1, new WorkTerms(1), Ended);
        Task<int> second = queue.RunAsync(2, new WorkTerms(1), leaving.Token);
        Task<int> third = queue.RunAsync(3, new WorkTerms(1), Ended);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal((2, 2), (queue.Waiting, admission.Admitted));
        held.LetGo();
        Assert.Equal((2, 6), (await first, await third));
        Assert.Equal([1, 3], Assert.Single(batches));
        Assert.Equal(0, admission.Admitted);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_CancelledWhileItsBatchRuns_DropsItsResultOnly()
    {
        await using var held = new HeldThread();
        using var leaving = new CancellationTokenSource();
        await using var queue = new BatchingQueue<int, int>(
            held.Thread,
            Admission(2),
            new BatchingOptions { MaxWait = TimeSpan.Zero },
            items =>
            {
                leaving.Cancel();
                return [.. items];
            },
            time);
        Task<int> first = queue.RunAsync(1, new WorkTerms(1), leaving.Token);
        Task<int> second = queue.RunAsync(2, new WorkTerms(1), Ended);
        held.LetGo();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(2, await second);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_OneBadItem_FailsAlone()
    {
        await using var held = new HeldThread();
        await using var queue = new BatchingQueue<int, int>(
            held.Thread,
            Admission(9),
            new BatchingOptions { MaxWait = TimeSpan.Zero },
            items => items.Contains(2) ? throw new InvalidOperationException("bad item") : [.. items],
            time);
        Task<int>[] all = [.. Enumerable.Range(1, 3).Select(i => queue.RunAsync(i, new WorkTerms(1), Ended))];
        held.LetGo();
        Assert.Equal(1, await all[0]);
        Assert.Equal("bad item", (await Assert.ThrowsAsync<InvalidOperationException>(() => all[1])).Message);
        Assert.Equal(3, await all[2]);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_ModelGivesTooFewResults_Fails()
    {
        await using var thread = new ModelThread("model");
        await using var queue = new BatchingQueue<int, int>(
            thread, Admission(1), new BatchingOptions { MaxWait = TimeSpan.Zero }, _ => [], time);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => queue.RunAsync(1, new WorkTerms(1), Ended));
        Assert.Contains("0 results for 1 items", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_FullOrTooLate_IsRefusedAtOnce()
    {
        await using var held = new HeldThread();
        await using BatchingQueue<int, int> queue = Queue(held.Thread, new BatchingOptions(), capacity: 1);
        Task<int> first = queue.RunAsync(1, new WorkTerms(1, time.GetUtcNow() + TimeSpan.FromSeconds(5)), Ended);
        var refused = await Assert.ThrowsAsync<AdmissionRefusedException>(() => queue.RunAsync(2, new WorkTerms(1), Ended));
        Assert.Equal(AdmissionRefusalReason.QueueFull, refused.Refusal.Reason);
        time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => first);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DisposeAsync_WithItemsWaiting_EndsThem(bool threadFirst)
    {
        var thread = new ModelThread("model");
        BatchingQueue<int, int> queue = Queue(thread, new BatchingOptions { MaxWait = TimeSpan.FromSeconds(1) });
        Task<int> waiting = queue.RunAsync(1, new WorkTerms(1), Ended);
        if (threadFirst)
        {
            await thread.DisposeAsync();
            time.Advance(TimeSpan.FromSeconds(1));
        }
        else
        {
            await queue.DisposeAsync();
        }

        Assert.Equal(
            AdmissionRefusalReason.Draining, (await Assert.ThrowsAsync<AdmissionRefusedException>(() => waiting)).Refusal.Reason);
        await Assert.ThrowsAsync<AdmissionRefusedException>(() => queue.RunAsync(2, new WorkTerms(1), Ended));
        await queue.DisposeAsync();
        await thread.DisposeAsync();
    }

    private static Func<IReadOnlyList<int>, IReadOnlyList<int>> Twice(List<int[]> seen) => items =>
    {
        seen.Add([.. items]);
        return [.. items.Select(item => 2 * item)];
    };

    private AdmissionController Admission(int capacity)
    {
        var admission = new AdmissionController(new AdmissionOptions { Capacity = capacity }, time);
        admission.MarkReady();
        return admission;
    }

    private BatchingQueue<int, int> Queue(ModelThread thread, BatchingOptions options, int capacity = 64) =>
        new(thread, Admission(capacity), options, Twice(batches), time);
}
