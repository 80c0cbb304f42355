namespace Phenaki.Benchmarks;

/// <summary>Something that is measured.</summary>
internal interface IBenchmark
{
    /// <summary>Name: what <c>--only</c> takes; the names of its figures begin with it.</summary>
    string Name { get; }

    /// <summary>What it measures, in one line.</summary>
    string Description { get; }

    /// <summary>What this machine lacks for it; null where it can be measured.</summary>
    string? Missing => null;

    /// <summary>Measures.</summary>
    IAsyncEnumerable<Figure> RunAsync(CancellationToken cancellationToken);
}
