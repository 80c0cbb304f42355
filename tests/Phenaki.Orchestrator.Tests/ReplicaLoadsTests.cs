using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Phenaki.Orchestrator.Clients.Balancing;

namespace Phenaki.Orchestrator.Tests;

public sealed class ReplicaLoadsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Pick_CallsThatEndAtAnyTime_NeverGoToAReplicaWithMoreThanAnother() => Gen.Select(Gen.Int[1, 5], Gen.Int[0, 9].Array[1, 60]).Sample((replicas, script) =>
    {
        var loads = new ReplicaLoads(TimeProvider.System);
        ReplicaLoad[] all = [.. Enumerable.Range(0, replicas).Select(_ => new ReplicaLoad())];
        var open = new List<ReplicaCall>();
        foreach (var move in script)
        {
            if (move < 6 || open.Count == 0)
            {
                var least = all.Min(load => load.Outstanding);
                var (index, call) = loads.Pick(all);
                Assert.Equal(least + 1, all[index].Outstanding);
                open.Add(call);
            }
            else
            {
                open[move % open.Count].End();
                open[move % open.Count].End();
                open.RemoveAt(move % open.Count);
            }

            Assert.Equal(open.Count, all.Sum(load => load.Outstanding));
        }
    });

    [Fact]
    public void Pick_CallsThatNeverOverlap_TakeTurns()
    {
        var loads = new ReplicaLoads(_time);
        ReplicaLoad[] all = [new(), new(), new()];
        var picked = new int[3];
        for (var i = 0; i < 30; i++)
        {
            var (index, call) = loads.Pick(all);
            call.End();
            picked[index]++;
        }

        Assert.Equal([10, 10, 10], picked);
    }

    [Fact]
    public void Pick_AReplicaThatRefuses_IsAvoidedForAMoment()
    {
        var loads = new ReplicaLoads(_time);
        ReplicaLoad[] all = [new(), new()];
        var (refusing, call) = loads.Pick(all);
        call.Refused();
        call.End();
        for (var i = 0; i < 5; i++)
        {
            Assert.NotEqual(refusing, loads.Pick(all).Index);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(refusing, loads.Pick(all).Index);
    }

    [Fact]
    public void Pick_WhereAllRefuse_StillPicks()
    {
        var loads = new ReplicaLoads(_time);
        ReplicaLoad[] all = [new(), new()];
        Array.ForEach(all, loads.Avoid);
        Assert.NotEqual(loads.Pick(all).Index, loads.Pick(all).Index);
    }
}
