using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Phenaki.Orchestrator.ApiKeys;

/// <summary>A key as its owner has it: <c>phk_ID_SECRET</c>. The start lets scanners of leaked secrets know one.</summary>
public static class ApiKey
{
    /// <summary>Start of every key.</summary>
    public const string Prefix = "phk_";

    /// <summary>Random bytes of a key: 32.</summary>
    public const int SecretBytes = 32;

    private const int MaxLength = 256;
    private const int MaxId = 64;

    /// <summary>Writes a key.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="secret"><see cref="SecretBytes"/> random bytes.</param>
    public static string Create(string id, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, SecretBytes);
        return IsId(id) ? $"{Prefix}{id}_{Base64Url.EncodeToString(secret)}" : throw new ArgumentException($"'{id}' is no id of a key.", nameof(id));
    }

    /// <summary>The id in a key; null when it is no key.</summary>
    public static string? IdOf(string key)
    {
        if (key.Length > MaxLength || !key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var end = key.IndexOf('_', Prefix.Length);
        return end > 0 && end < key.Length - 1 && IsId(key[Prefix.Length..end]) ? key[Prefix.Length..end] : null;
    }

    /// <summary>What the file of keys holds of a key: SHA-256 in hexadecimal digits.</summary>
    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>True for 1 to 64 of a-z, 0-9 and -.</summary>
    public static bool IsId(string? id) =>
        id is { Length: >= 1 and <= MaxId } && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
