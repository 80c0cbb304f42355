using System.ComponentModel;
using System.Diagnostics;
using Phenaki.Testing;

namespace Phenaki.FunctionalTests.Telemetry;

/// <summary>The alert rules as Prometheus itself understands them: alerts.test.yaml says which series make which of them fire.</summary>
public sealed class AlertRuleTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("check", "rules", "helm/phenaki/alerts/phenaki.yaml")]
    [InlineData("test", "rules", "tests/FunctionalTests/Telemetry/alerts.test.yaml")]
    public async Task Alerts_ByPromtool_AreValidAndFireWhenTheyShould(params string[] arguments)
    {
        var start = new ProcessStartInfo("promtool", arguments) { WorkingDirectory = RepositoryFiles.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var promtool = Process.Start(start)!;
            var error = promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(promtool.ExitCode == 0, $"{output}\n{await error}");
        }
        catch (Win32Exception)
        {
            Assert.Skip("promtool is not on the PATH; it is in Debian's package prometheus.");
        }
    }
}
