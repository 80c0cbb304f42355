namespace Phenaki.ChartTests.Rendering;

/// <summary>Every combination of the switches, rendered once for all tests.</summary>
public sealed class RenderedCharts
{
    private readonly Lazy<Task<IReadOnlyList<RenderedChart>>> _all = new(RenderAsync);

    /// <summary>All of them; skips the test where there is no helm.</summary>
    internal async Task<IReadOnlyList<RenderedChart>> AllAsync(CancellationToken cancellationToken)
    {
        HelmProgram.SkipIfMissing();
        return await _all.Value.WaitAsync(cancellationToken);
    }

    /// <summary>What is wrong in any of them; the first tells which values it comes from.</summary>
    internal async Task<IReadOnlyList<string>> FindAsync(Func<RenderedChart, IEnumerable<string>> faults, CancellationToken cancellationToken) =>
        [.. (await AllAsync(cancellationToken)).SelectMany(rendering => faults(rendering).Select(fault => $"{fault}, with {rendering.Switches}")).Take(10)];

    // Not ended by the first test that tires of waiting: the others wait for the same renderings.
    private static async Task<IReadOnlyList<RenderedChart>> RenderAsync()
    {
        var all = new RenderedChart[Switches.All.Count];
        await Parallel.ForAsync(0, all.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (i, cancellation) =>
            all[i] = new RenderedChart(Switches.All[i], await Manifests.RenderAsync(Switches.All[i].ToValues(), cancellation)));
        return all;
    }
}
