using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Phenaki.Testing;

namespace Phenaki.Benchmarks;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    private const string Unknown = "unknown";

    /// <summary>Processor, memory, system, commit.</summary>
    public static IReadOnlyList<(string Name, string Value)> Describe() =>
    [
        ("processor", $"{Processor()}, {Environment.ProcessorCount} cores"),
        ("memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0} GB")),
        ("system", $"{RuntimeInformation.OSDescription.Split(' ')[0]}, {RuntimeInformation.FrameworkDescription}"),
        ("commit", Commit()),
    ];

    private static string Processor() => !File.Exists("/proc/cpuinfo") ? Unknown : File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? Unknown;

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty", "--exclude=*"])
        {
            WorkingDirectory = RepositoryFiles.Root,
            RedirectStandardOutput = true,
        });
        string? said = git?.StandardOutput.ReadToEnd().Trim();
        return string.IsNullOrEmpty(said) ? Unknown : said;
    }
}
