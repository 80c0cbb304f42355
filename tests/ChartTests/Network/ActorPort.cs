namespace Phenaki.ChartTests.Network;

/// <summary>A port that something listens on.</summary>
/// <param name="Number">1 to 65535.</param>
/// <param name="Name">By which a pod declares it; empty for none.</param>
/// <param name="Protocol">TCP or UDP.</param>
internal sealed record ActorPort(int Number, string Name = "", string Protocol = "TCP");
