using System.Security.Cryptography;
using Phenaki.Models.Folders;
using TorchSharp;

namespace Phenaki.Models;

/// <summary>What tells one model from another.</summary>
/// <param name="Name">Name from config.json, else the folder's name.</param>
/// <param name="Version">Version from config.json, else empty.</param>
/// <param name="Fingerprint">SHA-256 of configuration, weights and tokenizer, 64 lower-case hexadecimal digits.</param>
/// <param name="Parameters">Number of parameters.</param>
public sealed record ModelIdentity(string Name, string Version, string Fingerprint, long Parameters)
{
    /// <summary>
    /// The identity of the model when it computes in a type. In float32 its fingerprint is that of its files; else SHA-256 over the fields of one, that fingerprint and
    /// the type's name: what it gives is not the same, and must not be taken for the same in a cache.
    /// </summary>
    public ModelIdentity In(torch.ScalarType type)
    {
        if (type == torch.ScalarType.Float32)
        {
            return this;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Fingerprints.AppendField(hash, Fingerprint);
        Fingerprints.AppendField(hash, type.ToString());
        return this with { Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset()) };
    }
}
