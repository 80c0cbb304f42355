using System.Diagnostics;
using System.Runtime.CompilerServices;
using Phenaki.Testing;
using Phenaki.Testing.Mesh;

namespace Phenaki.Benchmarks.Mesh;

/// <summary>The command with everything in one process: when it first shows progress, and its memory.</summary>
internal sealed class StartBenchmark : IBenchmark
{
    private const double Goal = 3;

    /// <inheritdoc />
    public string Name => "start";

    /// <inheritdoc />
    public string Description => "time from the start of the embedded command to its first progress with a warm disk, next to 3 s";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        double best = double.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long start = Stopwatch.GetTimestamp();
            await using var command = Cli.Start("story", "A dog runs in the snow.", "-o", folder.Of($"{round}.webp"), "--no-cache", "--frames", "11");
            await command.SaysAsync("step", cancellationToken);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        yield return new Figure(Name, best, "s", Goal, best / Goal, 1, AtLeast: false);
    }
}
