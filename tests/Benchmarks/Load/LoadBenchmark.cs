using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Phenaki.Benchmarks.Load;

/// <summary>
/// The masked transformer under load: closed loop with a number of clients that each ask again as soon as they are answered, and open loop with ten times the
/// arrivals that it can serve, whether it answers or not.
/// </summary>
internal sealed class LoadBenchmark : IBenchmark
{
    private const uint Steps = 4;
    private const double Overload = 10;
    private static readonly TimeSpan Stretch = TimeSpan.FromSeconds(20);

    /// <inheritdoc />
    public string Name => "load";

    /// <inheritdoc />
    public string Description => "goodput at 1 to 16 clients and at ten times the capacity, over gRPC; latency of what is accepted, time of refusals, memory";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var process = new TransformerProcess();
        await process.StartAsync(cancellationToken);
        await process.ClipAsync(0, Steps, cancellationToken);
        var closed = new Dictionary<int, LoadResult>();
        foreach (int clients in (int[])[1, 2, 4, 8, 16])
        {
            closed[clients] = await ClosedAsync(process, clients, cancellationToken);
            yield return new Figure(
                string.Create(CultureInfo.InvariantCulture, $"load_{clients}"), closed[clients].Goodput, "clip/s", closed[1].Goodput, closed[clients].Goodput / closed[1].Goodput, 0.9);
        }

        // At capacity: as many clients as there are places.
        var full = closed[TransformerProcess.MaxQueue];
        double best = closed.Values.Max(result => result.Goodput);
        long before = process.ResidentBytes;
        var open = await OpenAsync(process, Overload * best, cancellationToken);
        yield return new Figure("load_overload_goodput", open.Goodput, "clip/s", best, open.Goodput / best, 0.9);
        yield return new Figure("load_overload_p95", open.P95, "s", full.P95, open.P95 / full.P95, 2, AtLeast: false);
        yield return new Figure("load_refusal", open.RefusalP95 * 1000, "ms", 50, open.RefusalP95 * 1000 / 50, 1, AtLeast: false);
        yield return new Figure("load_memory", process.ResidentBytes / 1e6, "MB", before / 1e6, (double)process.ResidentBytes / before, 1.02, AtLeast: false);
    }

    private static async Task<LoadResult> ClosedAsync(TransformerProcess process, int clients, CancellationToken cancellationToken)
    {
        ConcurrentBag<(double Seconds, bool Refused)> answers = [];
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            for (ulong call = 0; Stopwatch.GetElapsedTime(start) < Stretch; call++)
            {
                var answer = await process.ClipAsync(((ulong)client << 32) + call, Steps, cancellationToken);
                answers.Add(answer);
                if (answer.Refused)
                {
                    // A client with manners waits as long as it is told; here, a clip's time.
                    await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
                }
            }
        }));
        return new LoadResult(answers, Stopwatch.GetElapsedTime(start));
    }

    private static async Task<LoadResult> OpenAsync(TransformerProcess process, double perSecond, CancellationToken cancellationToken)
    {
        ConcurrentBag<(double Seconds, bool Refused)> answers = [];
        var calls = new List<Task>();
        long start = Stopwatch.GetTimestamp();
        using var arrivals = new PeriodicTimer(TimeSpan.FromSeconds(1 / perSecond));
        for (ulong call = 0; Stopwatch.GetElapsedTime(start) < Stretch && await arrivals.WaitForNextTickAsync(cancellationToken); call++)
        {
            ulong seed = call;
            calls.Add(Task.Run(async () => answers.Add(await process.ClipAsync(seed, Steps, cancellationToken)), cancellationToken));
        }

        await Task.WhenAll(calls);
        return new LoadResult(answers, Stopwatch.GetElapsedTime(start));
    }
}
