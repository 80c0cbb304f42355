namespace Phenaki.ChartTests.Rendering;

/// <summary>One combination of the switches.</summary>
/// <param name="Switches">Which.</param>
/// <param name="Manifests">What helm made of it.</param>
internal sealed record RenderedChart(Switches Switches, Manifests Manifests);
