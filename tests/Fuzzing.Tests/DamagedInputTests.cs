using Phenaki.Fuzzing.Targets;

namespace Phenaki.Fuzzing.Tests;

/// <summary>5,000 damaged inputs for each target; <c>dotnet run --project tests/Fuzzing</c> sends 100,000.</summary>
[Collection(nameof(Memory))]
public sealed class DamagedInputTests
{
    private const int Timeout = 900_000;

    private const int Cases = 5_000;

    [Theory(Timeout = Timeout)]
    [InlineData("text-encoder")]
    [InlineData("video-tokenizer")]
    [InlineData("masked-transformer")]
    [InlineData("orchestrator")]
    [InlineData("images")]
    [InlineData("safetensors")]
    public async Task Input_Damaged_IsReadOrRefused(string name)
    {
        await using var target = FuzzTargets.Create(name);

        var report = await new FuzzRun(new() { Count = Cases }, TimeProvider.System).RunAsync(target, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.Empty(report.Findings);
        Assert.Equal(Cases, report.Cases);

        // Damage that nothing gets past, or everything, would show nothing.
        Assert.InRange(Good(report), report.Cases / 100, report.Cases * 9 / 10);
    }

    private static int Good(FuzzReport report) =>
        report.Outcomes.Where(outcome => outcome.Key is "OK" or "read" || outcome.Key.EndsWith(" read", StringComparison.Ordinal)).Sum(outcome => outcome.Value);
}
