using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>A test that looks at every combination of the switches.</summary>
public abstract class ChartTest(RenderedCharts charts)
{
    /// <summary>Longest for a test: the first one of all waits for all renderings.</summary>
    protected const int Patience = 300_000;

    /// <summary>Ends with the test.</summary>
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Nothing may be found in any rendering.</summary>
    private protected async Task NothingAsync(Func<RenderedChart, IEnumerable<string>> faults) => Assert.Empty(await charts.FindAsync(faults, Cancellation));

    /// <summary>Every rendering.</summary>
    private protected Task<IReadOnlyList<RenderedChart>> AllAsync() => charts.AllAsync(Cancellation);
}
