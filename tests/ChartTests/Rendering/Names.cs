namespace Phenaki.ChartTests.Rendering;

/// <summary>Names that every rendering of the tests has.</summary>
internal static class Names
{
    public const string Release = "demo";
    public const string Namespace = "stories";
    public const string Full = "demo-phenaki";
}
