using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary><c>helm lint</c>, the examples, and what an operator is told.</summary>
public sealed class LintTests(RenderedCharts charts) : ChartTest(charts)
{
    public static TheoryData<string> Examples => [.. Directory.GetFiles(Path.Combine(HelmProgram.Chart, "examples"), "*.yaml").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Fact(Timeout = Patience)]
    public async Task Lint_OfEverySwitch_FindsNothing()
    {
        // Each setting of each switch once: what helm lint adds to rendering does not depend on how they meet.
        var all = await AllAsync();
        foreach (var chart in all.Where((_, i) => i % 37 == 0))
        {
            await LintAsync(["-f", "-"], chart.Switches.ToValues());
        }
    }

    [Theory(Timeout = Patience), MemberData(nameof(Examples))]
    public async Task Examples_Each_AreFreeOfFaults(string example)
    {
        var path = Path.Combine(HelmProgram.Chart, "examples", example);
        await LintAsync(["-f", path], "");
        var chart = await Manifests.RenderAsync(await File.ReadAllTextAsync(path, Cancellation), Cancellation);
        Assert.Equal(4, chart.Services.Count());
    }

    [Fact(Timeout = Patience)]
    public async Task Package_OfTheChart_HoldsWhatItRendersFrom()
    {
        using var folder = new Phenaki.Testing.TemporaryFolder();
        var result = await HelmProgram.RunAsync(["package", HelmProgram.Chart, "--destination", folder.Path], "", Cancellation);
        Assert.True(result.ExitCode == 0, result.Errors);
        var package = Assert.Single(Directory.GetFiles(folder.Path));
        string[] monitoring = ["--set", "metrics.prometheusRule.enabled=true", "--set", "metrics.dashboards.enabled=true", "--set", "redis.mode=none"];
        var packed = await HelmProgram.RunAsync(["template", Names.Release, package, .. monitoring], "", Cancellation);
        var source = await HelmProgram.RunAsync(["template", Names.Release, HelmProgram.Chart, .. monitoring], "", Cancellation);
        Assert.Equal(source.Output, packed.Output);
    }

    [Fact(Timeout = Patience)]
    public async Task Chart_AsPartOfAnother_IsRenderedWithItsGlobals()
    {
        using var folder = new Phenaki.Testing.TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("Chart.yaml"), "apiVersion: v2\nname: studio\nversion: 1.0.0\n", Cancellation);
        Directory.CreateDirectory(folder.Of("charts"));
        Directory.CreateSymbolicLink(folder.Of("charts", "phenaki"), HelmProgram.Chart);
        var result = await HelmProgram.RunAsync(["template", "demo", folder.Path, "--set", "global.region=eu", "--set", "phenaki.redis.mode=none"], "", Cancellation);
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Contains("name: demo-phenaki-orchestrator", result.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = Patience)]
    [InlineData("", "the bundled Redis is for trying", "API keys")]
    [InlineData("redis: {mode: none}\nservice: {type: LoadBalancer}", "everyone who reaches the orchestrator from outside", "bundled Redis")]
    [InlineData("apiKeys: {existingSecret: k}", "travel in the clear", "everyone who reaches")]
    [InlineData("apiKeys: {existingSecret: k}", "`helm test` is left out", "helm test demo")]
    [InlineData("ingress: {enabled: true, hosts: [a.example.com]}", "networkPolicy.clients must name", "travel in the clear")]
    [InlineData(
        "tls: {enabled: true, existingSecrets: {textEncoder: a, videoTokenizer: b, maskedTransformer: c, orchestrator: d}}",
        "d: demo-phenaki-orchestrator demo-phenaki-orchestrator.stories demo-phenaki-orchestrator.stories.svc", "travel in the clear")]
    public async Task Notes_OfAnInstallation_SayWhatMatters(string values, string said, string notSaid)
    {
        // A client-side dry run asks no cluster.
        var result = await HelmProgram.RunAsync(["install", Names.Release, HelmProgram.Chart, "--namespace", Names.Namespace, "--dry-run=client", "-f", "-"], values, Cancellation);
        Assert.True(result.ExitCode == 0, result.Errors);
        var notes = result.Output[result.Output.IndexOf("NOTES:", StringComparison.Ordinal)..];
        Assert.Contains(said, notes, StringComparison.Ordinal);
        Assert.DoesNotContain(notSaid, notes, StringComparison.Ordinal);
    }

    private static async Task LintAsync(string[] arguments, string values)
    {
        var result = await HelmProgram.RunAsync(["lint", HelmProgram.Chart, "--strict", .. arguments], values, Cancellation);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("0 chart(s) failed", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("[WARNING]", result.Output, StringComparison.Ordinal);
    }
}
