namespace Phenaki.Orchestrator.Clients;

/// <summary>Which model a service serves.</summary>
/// <param name="Name">Name of the model folder.</param>
/// <param name="Version">Version from the model's configuration.</param>
/// <param name="Fingerprint">SHA-256 of configuration and weights, 64 lower-case hexadecimal digits; equal fingerprints give equal results.</param>
/// <param name="Parameters">Number of parameters.</param>
internal sealed record ModelCard(string Name, string Version, string Fingerprint, ulong Parameters);
