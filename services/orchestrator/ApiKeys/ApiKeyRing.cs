using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Security;

namespace Phenaki.Orchestrator.ApiKeys;

/// <summary>The keys that are good now, and how much of what they allow is used.</summary>
internal sealed class ApiKeyRing : IDisposable
{
    private readonly ReloadedFiles<Dictionary<string, ApiKeyEntry>>? _keys;
    private readonly ConcurrentDictionary<ApiKeyEntry, ApiKeyGate> _gates = new();
    private readonly TimeProvider _time;

    // Compared with where there is no such key, so that the answer to a wrong id takes as long as that to a wrong secret.
    private readonly byte[] _decoy = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    /// <summary>Reads the file.</summary>
    /// <exception cref="ServiceDefaults.Startup.StartupException">It cannot be used.</exception>
    public ApiKeyRing(IOptions<ApiKeyOptions> options, FileReload reload, TimeProvider time, ILogger<ApiKeyRing> logger)
    {
        _time = time;
        if (options.Value.File is { Length: > 0 } file)
        {
            _keys = new("The file of API keys", [file], Read, reload.Interval, time, logger);
        }
    }

    /// <summary>True where calls need a key.</summary>
    public bool IsOn => _keys is not null;

    /// <summary>How many stories of a key may be made at the same time; null for no limit of its own, as for a key that is gone.</summary>
    public int? ConcurrentStories(string id) => _keys?.Current.GetValueOrDefault(id)?.ConcurrentStories;

    /// <summary>Who holds a key.</summary>
    /// <param name="key">What the caller has sent; null for nothing.</param>
    /// <returns>The gate of the key.</returns>
    /// <exception cref="Grpc.Core.RpcException">UNAUTHENTICATED: it is none of ours. PERMISSION_DENIED: it is no longer good.</exception>
    public ApiKeyGate Authenticate(string? key)
    {
        if (key is null)
        {
            throw RpcErrors.Unauthenticated("The call has no API key; send it in the metadata 'authorization' as 'Bearer KEY'.", "API_KEY_MISSING");
        }

        var keys = _keys!.Current;
        var entry = ApiKey.IdOf(key) is { } id ? keys.GetValueOrDefault(id) : null;
        var expected = entry is null ? _decoy : Convert.FromHexString(entry.Sha256);
        var isRight = CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), expected);
        if (entry is null || !isRight)
        {
            throw RpcErrors.Unauthenticated("The API key is not known here.", "API_KEY_INVALID");
        }

        if (entry.Revoked)
        {
            throw RpcErrors.PermissionDenied($"The API key '{entry.Id}' was revoked.", "API_KEY_REVOKED");
        }

        return entry.Expires <= _time.GetUtcNow()
            ? throw RpcErrors.PermissionDenied($"The API key '{entry.Id}' has expired.", "API_KEY_EXPIRED")
            : Gate(entry, keys);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _keys?.Dispose();
        foreach (var gate in _gates.Values)
        {
            gate.Dispose();
        }
    }

    private static Dictionary<string, ApiKeyEntry> Read(IReadOnlyList<byte[]> contents) =>
        ApiKeyFile.Parse(contents[0]).Keys.ToDictionary(entry => entry.Id, StringComparer.Ordinal);

    /// <summary>A key that stays as it is keeps its gate when the file changes; gates of what is gone are dropped, and end with their last call.</summary>
    private ApiKeyGate Gate(ApiKeyEntry entry, Dictionary<string, ApiKeyEntry> keys)
    {
        if (_gates.TryGetValue(entry, out var gate))
        {
            return gate;
        }

        foreach (var old in _gates.Keys.Where(old => keys.GetValueOrDefault(old.Id) != old))
        {
            _gates.TryRemove(old, out _);
        }

        return _gates.GetOrAdd(entry, static added => new(added));
    }
}
