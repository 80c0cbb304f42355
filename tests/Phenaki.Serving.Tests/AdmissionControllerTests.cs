using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Phenaki.Serving.Tests;

public sealed class AdmissionControllerTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public void Enter_BeforeTheModelIsLoaded_IsRefused()
    {
        var admission = new AdmissionController(new AdmissionOptions(), time);
        Assert.Equal(AdmissionRefusalReason.NotReady, Refused(admission).Reason);
        admission.MarkReady();
        using AdmissionTicket ticket = admission.Enter(1, null);
    }

    [Fact]
    public void Enter_Full_IsRefusedUntilOneLeaves()
    {
        AdmissionController admission = Ready(2);
        using AdmissionTicket first = admission.Enter(1, null);
        using AdmissionTicket second = admission.Enter(1, null);
        AdmissionRefusal refusal = Refused(admission);
        Assert.Equal(AdmissionRefusalReason.QueueFull, refusal.Reason);
        Assert.True(refusal.RetryAfter > TimeSpan.Zero);
        Assert.Contains("no more than 2 are allowed", refusal.Message, StringComparison.Ordinal);
        first.Dispose();
        first.Dispose();
        using AdmissionTicket third = admission.Enter(1, null);
        Assert.Equal(AdmissionRefusalReason.QueueFull, Refused(admission).Reason);
    }

    [Fact]
    public void Enter_AndLeaveInAnyOrder_KeepsTheBound() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 9].Array[0, 100]).Sample((capacity, moves) =>
        {
            AdmissionController admission = Ready(capacity);
            var held = new List<AdmissionTicket>();
            foreach (int move in moves)
            {
                if (move < 6)
                {
                    bool entered = admission.TryEnter(1, null, out AdmissionTicket? ticket, out AdmissionRefusal? refusal);
                    Assert.Equal(held.Count < capacity, entered);
                    Assert.Equal(entered, refusal is null);
                    if (entered)
                    {
                        held.Add(ticket!);
                    }
                }
                else if (held.Count > 0)
                {
                    held[move % held.Count].Dispose();
                    held.RemoveAt(move % held.Count);
                }

                Assert.Equal(held.Count, admission.Admitted);
            }
        });

    [Fact]
    public void Enter_DeadlineIsPast_IsRefused()
    {
        AdmissionController admission = Ready(2);
        Assert.Equal(AdmissionRefusalReason.DeadlineCannotBeMet, Refused(admission, time.GetUtcNow()).Reason);
        using AdmissionTicket ticket = admission.Enter(1, time.GetUtcNow() + TimeSpan.FromTicks(1));
    }

    [Fact]
    public void Enter_DeadlineAgainstTheEstimate_CountsWhatIsAhead()
    {
        AdmissionController admission = Ready(9);
        Serve(admission, cost: 10, TimeSpan.FromSeconds(20));

        // 2 s for a unit of cost: 10 s for 5 units alone.
        Assert.Equal(AdmissionRefusalReason.DeadlineCannotBeMet, Refused(admission, In(9.9), cost: 5).Reason);
        using AdmissionTicket first = admission.Enter(5, In(10.1));

        // The one ahead needs 10 s more, but holds 4 s of work up for 4 s at most: they take turns.
        Assert.Equal(AdmissionRefusalReason.DeadlineCannotBeMet, Refused(admission, In(7.9), cost: 2).Reason);
        admission.Enter(2, In(8.1)).Dispose();

        // It has 1 s to go.
        first.AddServiceTime(TimeSpan.FromSeconds(9));
        admission.Enter(2, In(5.1)).Dispose();
        Assert.Equal(AdmissionRefusalReason.DeadlineCannotBeMet, Refused(admission, In(4.9), cost: 2).Reason);
    }

    [Fact]
    public void ServiceTimeEstimate_AfterSeveral_IsAMovingMeanOfCompletedWork()
    {
        AdmissionController admission = Ready(9);
        Assert.Null(admission.ServiceTimeEstimate);
        Serve(admission, 1, TimeSpan.FromSeconds(10));
        Serve(admission, 2, TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.FromSeconds(12), admission.ServiceTimeEstimate);
        AdmissionTicket cancelled = admission.Enter(1, null);
        cancelled.AddServiceTime(TimeSpan.FromSeconds(1));
        cancelled.Dispose();
        Assert.Equal(TimeSpan.FromSeconds(12), admission.ServiceTimeEstimate);
    }

    [Theory]
    [InlineData(0.001, 0.25)]
    [InlineData(3, 3)]
    [InlineData(1000, 30)]
    public void RetryAfter_Full_IsWhatOneNeedsWithinItsBounds(double serviceSeconds, double expected)
    {
        AdmissionController admission = Ready(2);
        Serve(admission, 1, TimeSpan.FromSeconds(serviceSeconds));
        using AdmissionTicket first = admission.Enter(1, null);
        using AdmissionTicket second = admission.Enter(1, null);
        Assert.Equal(TimeSpan.FromSeconds(expected), Refused(admission).RetryAfter);
    }

    [Fact(Timeout = 60_000)]
    public async Task DrainAsync_WithWork_RefusesNewAndEndsWithTheLast()
    {
        AdmissionController admission = Ready(2);
        AdmissionTicket first = admission.Enter(1, null);
        AdmissionTicket second = admission.Enter(1, null);
        Task drained = admission.DrainAsync(Ended);
        first.Dispose();
        Assert.Equal(AdmissionRefusalReason.Draining, Refused(admission).Reason);
        Assert.True(admission.IsDraining);
        Assert.False(drained.IsCompleted);
        second.Dispose();
        await drained;
        await admission.DrainAsync(Ended);
        Assert.Equal(AdmissionRefusalReason.Draining, Refused(admission).Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Enter_ImpossibleCost_Throws(double cost) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Ready(1).Enter(cost, null));

    private static AdmissionRefusal Refused(AdmissionController admission, DateTimeOffset? deadline = null, double cost = 1) =>
        Assert.Throws<AdmissionRefusedException>(() => admission.Enter(cost, deadline)).Refusal;

    private static void Serve(AdmissionController admission, double cost, TimeSpan spent)
    {
        using AdmissionTicket ticket = admission.Enter(cost, null);
        ticket.AddServiceTime(spent);
        ticket.Complete();
    }

    private DateTimeOffset In(double seconds) => time.GetUtcNow() + TimeSpan.FromSeconds(seconds);

    private AdmissionController Ready(int capacity)
    {
        var admission = new AdmissionController(new AdmissionOptions { Capacity = capacity }, time);
        admission.MarkReady();
        return admission;
    }
}
