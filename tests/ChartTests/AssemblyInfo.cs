using Phenaki.ChartTests.Rendering;

[assembly: AssemblyFixture(typeof(RenderedCharts))]
