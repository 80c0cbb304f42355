using System.ComponentModel;
using System.Diagnostics;
using Phenaki.Testing;

namespace Phenaki.ChartTests.Rendering;

/// <summary>The real <c>helm</c>: the program that the environment variable HELM names, else the one on the PATH.</summary>
internal static class HelmProgram
{
    private static readonly string Path = Environment.GetEnvironmentVariable("HELM") is { Length: > 0 } named ? named : "helm";
    private static readonly Lazy<bool> Installed = new(Find);

    /// <summary>Folder of the chart.</summary>
    public static string Chart { get; } = System.IO.Path.Combine(RepositoryFiles.Root, "helm", "phenaki");

    /// <summary>Skips the test where there is no helm.</summary>
    public static void SkipIfMissing()
    {
        if (!Installed.Value)
        {
            Assert.Skip("helm is neither on the PATH nor named by the environment variable HELM.");
        }
    }

    /// <summary>Runs helm to its end.</summary>
    /// <param name="arguments">What it is told.</param>
    /// <param name="input">What it reads: values, where the arguments hold <c>-f -</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<HelmResult> RunAsync(IEnumerable<string> arguments, string input, CancellationToken cancellationToken)
    {
        SkipIfMissing();
        var start = new ProcessStartInfo(Path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var helm = Process.Start(start)!;
        try
        {
            var output = helm.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = helm.StandardError.ReadToEndAsync(cancellationToken);
            await helm.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            helm.StandardInput.Close();
            await helm.WaitForExitAsync(cancellationToken);
            return new HelmResult(helm.ExitCode, await output, await errors);
        }
        finally
        {
            if (!helm.HasExited)
            {
                helm.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>What <c>helm template</c> says to such values.</summary>
    public static Task<HelmResult> TemplateAsync(string values, CancellationToken cancellationToken, params IEnumerable<string> more) =>
        RunAsync(["template", Names.Release, Chart, "--namespace", Names.Namespace, "-f", "-", .. more], values, cancellationToken);

    private static bool Find()
    {
        try
        {
            using var helm = Process.Start(new ProcessStartInfo(Path, ["version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            helm.WaitForExit();
            return helm.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
