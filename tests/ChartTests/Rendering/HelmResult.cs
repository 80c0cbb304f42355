namespace Phenaki.ChartTests.Rendering;

/// <summary>What a run of helm left.</summary>
/// <param name="ExitCode">0 where all went well.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Errors">What it complained of.</param>
internal sealed record HelmResult(int ExitCode, string Output, string Errors);
