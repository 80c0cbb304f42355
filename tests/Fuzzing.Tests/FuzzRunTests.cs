using Phenaki.Fuzzing.Targets;
using Phenaki.Models;
using TorchSharp;

namespace Phenaki.Fuzzing.Tests;

/// <summary>What a run is there to find, it finds.</summary>
[Collection(nameof(Memory))]
public sealed class FuzzRunTests
{
    private const int Timeout = 120_000;
    private static readonly FuzzSettings Short = new() { Count = 40, Rounds = 4 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Run_OfATargetWithoutFaults_FindsNothing()
    {
        var report = await RunAsync(new StagedTarget(), Short);

        Assert.Empty(report.Findings);
        Assert.Equal(40, report.Outcomes["fine"]);
        Assert.Equal(4, report.Memory.Count);
    }

    [Fact(Timeout = Timeout)]
    public async Task Run_OfATargetThatThrows_FindsTheCaseThatRunsAloneAgain()
    {
        var target = new StagedTarget { OnRun = (random, _) => random.Next(20) == 7 ? throw new InvalidOperationException("bug") : Task.FromResult("fine") };

        var report = await RunAsync(target, Short with { Count = 200 });
        var again = await RunAsync(target, Short with { First = report.Findings[0].Number, Count = 1 });

        Assert.Contains("bug", Assert.Single(again.Findings).What, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Run_OfATargetThatHangs_FindsIt()
    {
        var never = new TaskCompletionSource<string>();

        var report = await RunAsync(
            new StagedTarget { OnRun = (_, _) => never.Task }, Short with { CaseLimit = TimeSpan.FromMilliseconds(50), MaxFindings = 2 });

        Assert.All(report.Findings, finding => Assert.Contains("no end within", finding.What, StringComparison.Ordinal));
        Assert.Equal(2, report.Cases);
    }

    [Fact(Timeout = Timeout)]
    public async Task Run_OfATargetThatForgetsWhatItDid_FindsIt()
    {
        var report = await RunAsync(new StagedTarget { OnCheck = () => throw new FuzzFindingException("another answer") }, Short);

        Assert.Equal(4, report.Findings.Count);
    }

    [Fact(Timeout = Timeout)]
    public async Task Run_OfATargetThatKeepsBytes_FindsTheGrowth()
    {
        List<byte[]> kept = [];
        var target = new StagedTarget
        {
            OnRun = (_, _) =>
            {
                kept.Add(new byte[4 << 20]);
                return Task.FromResult("fine");
            },
        };

        var report = await RunAsync(target, Short);

        Assert.Equal(40, kept.Count);
        Assert.Contains(report.Findings, finding => finding.What.StartsWith("memory has grown", StringComparison.Ordinal));
    }

    [Fact(Timeout = Timeout)]
    public async Task Run_OfATargetThatKeepsTensors_FindsTheGrowth()
    {
        TorchRuntime.EnsureLoaded();
        List<torch.Tensor> kept = [];
        var time = new HurriedTime();
        try
        {
            var report = await new FuzzRun(Short, time).RunAsync(
                new StagedTarget
                {
                    OnRun = (_, _) =>
                    {
                        kept.Add(torch.zeros(1).DetachFromDisposeScope());
                        return Task.FromResult("fine");
                    },
                },
                Token);

            Assert.Equal(3, report.Findings.Count(finding => finding.What.Contains("tensors", StringComparison.Ordinal)));
        }
        finally
        {
            kept.ForEach(tensor => tensor.Dispose());
        }
    }

    [Fact]
    public void Names_Always_HaveATarget() => Assert.All(FuzzTargets.Names, name => Assert.Equal(name, FuzzTargets.Create(name).Name));

    private static Task<FuzzReport> RunAsync(FuzzTarget target, FuzzSettings settings) => new FuzzRun(settings, TimeProvider.System).RunAsync(target, Token);
}
