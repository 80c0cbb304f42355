using System.Diagnostics;

namespace Phenaki.Testing;

/// <summary>The command redis-cli.</summary>
internal static class RedisCli
{
    /// <summary>Runs it.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true };
        using var cli = Process.Start(start)!;
        var said = await cli.StandardOutput.ReadToEndAsync(cancellationToken);
        await cli.WaitForExitAsync(cancellationToken);
        return cli.ExitCode == 0 ? said.Trim() : throw new InvalidOperationException($"redis-cli ended with {cli.ExitCode}:\n{said}");
    }
}
