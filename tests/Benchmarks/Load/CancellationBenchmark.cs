using System.Runtime.CompilerServices;
using Grpc.Core;

namespace Phenaki.Benchmarks.Load;

/// <summary>A storm of calls that are begun and cancelled at random moments: nothing of them may stay behind.</summary>
internal sealed class CancellationBenchmark : IBenchmark
{
    private const int Storm = 500;
    private const int AtOnce = 4;
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(400);

    /// <inheritdoc />
    public string Name => "cancellation";

    /// <inheritdoc />
    public string Description => "memory of the masked transformer after 1,000 calls begun and cancelled at random, next to that after 500; clips left behind";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var process = new TransformerProcess();
        await process.StartAsync(cancellationToken);
        var random = new Random(1);
        await StormAsync(process, random, cancellationToken);
        long half = process.ResidentBytes;
        await StormAsync(process, random, cancellationToken);
        await process.ClipAsync(0, 1, cancellationToken);
        double left = await process.GaugeAsync("phenaki_queue_depth", cancellationToken);
        yield return new Figure("cancellation_rows", left, "clip", 0, left, 0, AtLeast: false);
        yield return new Figure("cancellation_memory", process.ResidentBytes / 1e6, "MB", half / 1e6, (double)process.ResidentBytes / half, 1.02, AtLeast: false);
    }

    private static Task StormAsync(TransformerProcess process, Random random, CancellationToken cancellationToken)
    {
        var calls = Enumerable.Range(0, Storm).Select(call => (Seed: (ulong)call, After: Longest * random.NextDouble())).ToList();
        return Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (call, token) =>
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(token);
            cancel.CancelAfter(call.After);
            try
            {
                await process.ClipAsync(call.Seed, 12, cancel.Token);
            }
            catch (Exception cancelled) when (cancelled is OperationCanceledException || (cancelled is RpcException { StatusCode: StatusCode.Cancelled }))
            {
                // What the storm is for.
            }
        });
    }
}
