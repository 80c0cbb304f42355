using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Phenaki.Serving.Tests;

public sealed class StepSchedulerTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public Task Start_RowsOfAnyLength_TakeTurns() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 6].Array[1, 10]).SampleAsync(
            async (maxActive, lengths) =>
            {
                await using var held = new HeldThread();
                await using StepScheduler<CountingWork, int, string> scheduler = Scheduler(held, lengths.Length, maxActive);
                var log = new List<int>();
                StepRun<int, string>[] runs = [.. lengths.Select((steps, id) => scheduler.Start(
                    () => new CountingWork(id, steps, work => log.Add(work.Id)), new WorkTerms(1), Ended))];
                Assert.Equal(Math.Min(maxActive, lengths.Length), scheduler.Active);
                Assert.Equal(lengths.Length - scheduler.Active, scheduler.Waiting);
                held.LetGo();
                for (int id = 0; id < runs.Length; id++)
                {
                    Assert.Equal($"{id} after {lengths[id]}", await runs[id].Completion);
                }

                AssertFair(log, lengths, maxActive);
            },
            iter: 200);

    [Fact(Timeout = 60_000)]
    public Task Start_CancelledAtRandomMoments_EveryRowEndsOnceAndLeavesNothing() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 5].Array[1, 8], Gen.Int[0, 30].Array[0, 8], Gen.Int[0, 30]).SampleAsync(
            async (maxActive, lengths, cancelAt, stopAt) =>
            {
                await using var held = new HeldThread();
                var admission = Admission(lengths.Length);
                CancellationTokenSource[] leaving = [.. lengths.Select(_ => new CancellationTokenSource())];
                var scheduler = new StepScheduler<CountingWork, int, string>(held.Thread, admission, new StepSchedulerOptions { MaxActive = maxActive }, Step, time);
                var made = new List<CountingWork>();
                int steps = 0;
                Task stopped = Task.CompletedTask;

                // A row that was cancelled before a step has no part in it.
                void Step(IReadOnlyList<CountingWork> rows)
                {
                    Assert.DoesNotContain(rows, work => leaving[work.Id].IsCancellationRequested);
                    Assert.InRange(rows.Count, 1, maxActive);
                    StepEach(rows);
                }

                // Each step may be the moment at which some row is cancelled, or everything is.
                void OnStep(CountingWork work)
                {
                    steps++;
                    for (int i = 0; i < cancelAt.Length; i++)
                    {
                        if (cancelAt[i] == steps)
                        {
                            leaving[i % leaving.Length].Cancel();
                        }
                    }

                    if (stopAt == steps)
                    {
                        stopped = scheduler.DisposeAsync().AsTask();
                    }
                }

                Task<string>[] all = [.. lengths.Select((length, id) => scheduler.Start(
                    () =>
                    {
                        var work = new CountingWork(id, length, OnStep);
                        made.Add(work);
                        return work;
                    },
                    new WorkTerms(1),
                    leaving[id].Token).Completion)];
                held.LetGo();
                for (int id = 0; id < all.Length; id++)
                {
                    Exception? error = await Record.ExceptionAsync(() => all[id]);
                    Assert.True(
                        error is null
                        || (error is OperationCanceledException && leaving[id].IsCancellationRequested)
                        || (error is AdmissionRefusedException && steps >= stopAt));
                }

                await stopped;
                await scheduler.DisposeAsync();
                Assert.Equal(0, admission.Admitted);
                Assert.Equal((0, 0), (scheduler.Active, scheduler.Waiting));
                Assert.All(made, work => Assert.Equal(1, work.Disposals));
                Assert.All(made, work => Assert.Equal([held.Id], work.Threads));
            },
            iter: 300);

    [Fact(Timeout = 60_000)]
    public async Task Start_CancelledDuringAStep_DoesNoOther()
    {
        await using var held = new HeldThread();
        await using StepScheduler<CountingWork, int, string> scheduler = Scheduler(held, 1, 1);
        using var leaving = new CancellationTokenSource();
        CountingWork? made = null;
        StepRun<int, string> run = scheduler.Start(
            () => made = new CountingWork(0, 1000, work =>
            {
                if (work.Done == 3)
                {
                    leaving.Cancel();
                }
            }),
            new WorkTerms(1),
            leaving.Token);
        held.LetGo();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.Completion);
        Assert.Equal((3, 1), (made!.Done, made.Disposals));
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_CancelledWhileWaiting_FreesItsPlaceAtOnce()
    {
        await using var held = new HeldThread();
        var admission = Admission(2);
        await using var scheduler = new StepScheduler<CountingWork, int, string>(held.Thread, admission, new StepSchedulerOptions { MaxActive = 1 }, StepEach, time);
        using var leaving = new CancellationTokenSource();
        StepRun<int, string> active = scheduler.Start(() => new CountingWork(0, 1), new WorkTerms(1), Ended);
        StepRun<int, string> waiting = scheduler.Start(
            CountingWork () => throw new InvalidOperationException("never made"), new WorkTerms(1), leaving.Token);
        Assert.Throws<AdmissionRefusedException>(() => scheduler.Start(() => new CountingWork(2, 1), new WorkTerms(1), Ended));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Completion);
        Assert.Equal((1, 0), (admission.Admitted, scheduler.Waiting));
        StepRun<int, string> next = scheduler.Start(() => new CountingWork(3, 1), new WorkTerms(1), Ended);
        held.LetGo();
        await Task.WhenAll(active.Completion, next.Completion);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_DeadlinePasses_EndsWaitingAndActiveRows()
    {
        await using var held = new HeldThread();
        await using StepScheduler<CountingWork, int, string> scheduler = Scheduler(held, 3, 1);
        var terms = new WorkTerms(1, time.GetUtcNow() + TimeSpan.FromSeconds(10));
        StepRun<int, string> active = scheduler.Start(() => new CountingWork(0, 5), terms, Ended);
        StepRun<int, string> waiting = scheduler.Start(() => new CountingWork(1, 5), terms, Ended);
        StepRun<int, string> patient = scheduler.Start(() => new CountingWork(2, 5), new WorkTerms(1, DateTimeOffset.MaxValue), Ended);
        time.Advance(TimeSpan.FromSeconds(11));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.Completion);
        Assert.False(active.Completion.IsCompleted);
        held.LetGo();
        await Assert.ThrowsAsync<TimeoutException>(() => active.Completion);
        Assert.Equal("2 after 5", await patient.Completion);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("create")]
    [InlineData("step")]
    [InlineData("progress")]
    [InlineData("result")]
    [InlineData("dispose")]
    public async Task Start_WorkThrows_OnlyItsOwnRowFails(string where)
    {
        await using var held = new HeldThread();
        await using StepScheduler<CountingWork, int, string> scheduler = Scheduler(held, 2, 2);
        CountingWork? made = null;
        Action Throw(string at) => () =>
        {
            if (at == where)
            {
                throw new InvalidOperationException(at);
            }
        };
        StepRun<int, string> broken = scheduler.Start(
            () =>
            {
                Throw("create")();
                return made = new CountingWork(0, 2, _ => Throw("step")())
                {
                    OnProgress = Throw("progress"),
                    OnResult = Throw("result"),
                    OnDispose = Throw("dispose"),
                };
            },
            new WorkTerms(1),
            Ended);
        StepRun<int, string> whole = scheduler.Start(() => new CountingWork(1, 3), new WorkTerms(1), Ended);
        held.LetGo();
        Assert.Equal(where, (await Assert.ThrowsAsync<InvalidOperationException>(() => broken.Completion)).Message);
        Assert.Equal("1 after 3", await whole.Completion);
        Assert.Equal(where == "create" ? null : 1, made?.Disposals);
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadProgressAsync_NobodyReads_HoldsNothingUpAndKeepsTheLatest()
    {
        await using var held = new HeldThread();
        await using var scheduler = new StepScheduler<CountingWork, int, string>(
            held.Thread, Admission(1), new StepSchedulerOptions { ProgressCapacity = 4 }, StepEach, time);
        StepRun<int, string> run = scheduler.Start(() => new CountingWork(0, 10), new WorkTerms(1), Ended);
        held.LetGo();
        await run.Completion;
        Assert.Equal([7, 8, 9, 10], await run.ReadProgressAsync(Ended).ToListAsync(Ended));
    }

    [Fact(Timeout = 60_000)]
    public async Task ReadProgressAsync_RowFails_EndsWithoutAnError()
    {
        await using var held = new HeldThread();
        await using StepScheduler<CountingWork, int, string> scheduler = Scheduler(held, 1, 1);
        StepRun<int, string> run = scheduler.Start(
            CountingWork () => throw new InvalidOperationException("broken"), new WorkTerms(1), Ended);
        held.LetGo();
        Assert.Empty(await run.ReadProgressAsync(Ended).ToListAsync(Ended));
        await Assert.ThrowsAsync<InvalidOperationException>(() => run.Completion);
    }

    [Fact(Timeout = 60_000)]
    public async Task DisposeAsync_ThreadEndedFirst_LeavesNoRowBehind()
    {
        var held = new HeldThread();
        StepScheduler<CountingWork, int, string> scheduler = Scheduler(held, 4, 2);
        var made = new List<CountingWork>();
        Task<string>[] all = [.. Enumerable.Range(0, 4).Select(id => scheduler.Start(
            () =>
            {
                var work = new CountingWork(id, int.MaxValue);
                made.Add(work);
                return work;
            },
            new WorkTerms(1),
            Ended).Completion)];
        await held.DisposeAsync();
        foreach (Task<string> one in all)
        {
            var refused = await Assert.ThrowsAsync<AdmissionRefusedException>(() => one);
            Assert.Equal(AdmissionRefusalReason.Draining, refused.Refusal.Reason);
        }

        await scheduler.DisposeAsync();
        Assert.All(made, work => Assert.Equal((1, held.Id), (work.Disposals, work.Threads.Single())));
        Assert.Throws<AdmissionRefusedException>(() => scheduler.Start(() => new CountingWork(9, 1), new WorkTerms(1), Ended));
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_Completed_TellsTheServiceTime()
    {
        await using var held = new HeldThread();
        var admission = Admission(1);
        await using var scheduler = new StepScheduler<CountingWork, int, string>(held.Thread, admission, new StepSchedulerOptions(), StepEach, time);
        StepRun<int, string> run = scheduler.Start(
            () => new CountingWork(0, 4, _ => time.Advance(TimeSpan.FromSeconds(3))), new WorkTerms(4), Ended);
        held.LetGo();
        await run.Completion;
        Assert.Equal(TimeSpan.FromSeconds(3), admission.ServiceTimeEstimate);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_SeveralRows_StepTogetherJoinAndLeaveBetweenSteps()
    {
        await using var held = new HeldThread();
        var batches = new List<string>();
        await using var scheduler = new StepScheduler<CountingWork, int, string>(
            held.Thread,
            Admission(3),
            new StepSchedulerOptions { MaxActive = 2 },
            rows =>
            {
                batches.Add(string.Join(' ', rows.Select(row => $"{row.Id}:{row.Done}")));
                StepEach(rows);
            },
            time);
        StepRun<int, string>[] runs = [.. new[] { 3, 1, 2 }.Select((length, id) => scheduler.Start(() => new CountingWork(id, length), new WorkTerms(1), Ended))];
        held.LetGo();
        await Task.WhenAll(runs.Select(run => run.Completion));
        Assert.Equal(["0:0 1:0", "0:1 2:0", "0:2 2:1"], batches);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_JointStepFailsHalfWay_EveryRowStillDoesEachStepOnce()
    {
        await using var held = new HeldThread();
        var log = new List<int>();
        await using var scheduler = new StepScheduler<CountingWork, int, string>(
            held.Thread,
            Admission(3),
            new StepSchedulerOptions(),
            rows =>
            {
                rows[0].Step();
                if (rows.Count > 1)
                {
                    throw new InvalidOperationException("No memory for so many rows.");
                }
            },
            time);
        StepRun<int, string>[] runs = [.. Enumerable.Range(0, 3).Select(id => scheduler.Start(
            () => new CountingWork(id, 2, work => log.Add(work.Id)), new WorkTerms(1), Ended))];
        held.LetGo();
        Assert.Equal(["0 after 2", "1 after 2", "2 after 2"], await Task.WhenAll(runs.Select(run => run.Completion)));
        Assert.Equal([0, 1, 2, 0, 1, 2], log);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_InteractiveAndBatchWait_InteractiveGetsThePlaceFirst()
    {
        await using var held = new HeldThread();
        await using var scheduler = Scheduler(held, 3, 1);
        var order = new List<int>();
        StepRun<int, string> Start(int id, WorkPriority priority) =>
            scheduler.Start(() => new CountingWork(id, 1, work => order.Add(work.Id)), new WorkTerms(1, Priority: priority), Ended);
        StepRun<int, string>[] runs = [Start(0, WorkPriority.Batch), Start(1, WorkPriority.Batch), Start(2, WorkPriority.Interactive)];
        held.LetGo();
        await Task.WhenAll(runs.Select(run => run.Completion));
        Assert.Equal([0, 2, 1], order);
    }

    private static void AssertFair(List<int> log, int[] lengths, int maxActive)
    {
        int[] done = new int[lengths.Length];
        foreach (int id in log)
        {
            done[id]++;
            int[] begun = [.. Enumerable.Range(0, lengths.Length).Where(row => done[row] > 0 && done[row] < lengths[row])];
            Assert.True(begun.Length <= maxActive);
        }

        Assert.Equal(lengths, done);
        for (int id = 0; id < lengths.Length; id++)
        {
            // Between two steps of a row no other row takes more than one turn.
            int[] at = [.. Enumerable.Range(0, log.Count).Where(i => log[i] == id)];
            for (int i = 1; i < at.Length; i++)
            {
                List<int> between = log[(at[i - 1] + 1)..at[i]];
                Assert.Equal(between.Count, between.Distinct().Count());
            }
        }
    }

    private AdmissionController Admission(int capacity)
    {
        var admission = new AdmissionController(new AdmissionOptions { Capacity = capacity }, time);
        admission.MarkReady();
        return admission;
    }

    private StepScheduler<CountingWork, int, string> Scheduler(HeldThread held, int capacity, int maxActive) =>
        new(held.Thread, Admission(capacity), new StepSchedulerOptions { MaxActive = maxActive }, StepEach, time);

    private static void StepEach(IReadOnlyList<CountingWork> rows)
    {
        foreach (var row in rows)
        {
            row.Step();
        }
    }
}
