namespace Phenaki.Models;

/// <summary>What tells one model from another.</summary>
/// <param name="Name">Name from config.json, else the folder's name.</param>
/// <param name="Version">Version from config.json, else empty.</param>
/// <param name="Fingerprint">SHA-256 of configuration, weights and tokenizer, 64 lower-case hexadecimal digits.</param>
/// <param name="Parameters">Number of parameters.</param>
public sealed record ModelIdentity(string Name, string Version, string Fingerprint, long Parameters);
