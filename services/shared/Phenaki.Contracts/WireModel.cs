using Phenaki.Common.V1;

namespace Phenaki.Contracts;

/// <summary>Writes what a service tells about its model.</summary>
public static class WireModel
{
    /// <summary>Which model is served.</summary>
    /// <param name="name">For people.</param>
    /// <param name="version">For people; may be empty.</param>
    /// <param name="fingerprint">SHA-256, 64 lower-case hexadecimal digits.</param>
    /// <param name="parameters">Number of parameters.</param>
    public static ModelInfo Info(string name, string version, string fingerprint, long parameters) =>
        new() { Name = name, Version = version, Fingerprint = fingerprint, Parameters = checked((ulong)parameters) };
}
