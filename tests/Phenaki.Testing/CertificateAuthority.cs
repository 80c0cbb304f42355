using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Phenaki.Testing;

/// <summary>An authority of a test's own, and the certificates that it signs.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);
    private readonly X509Certificate2 _root;
    private readonly TimeProvider _time;

    /// <summary>Makes an authority with a new key.</summary>
    /// <param name="name">Its name, as in "mesh".</param>
    /// <param name="time">The clock; default the system's.</param>
    public CertificateAuthority(string name, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // A certificate whose issuer has its own name passes for self-signed.
        var request = new CertificateRequest($"CN={name} authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _root = request.CreateSelfSigned(_time.GetUtcNow() - Life, _time.GetUtcNow() + (2 * Life));
    }

    /// <summary>The authority's own certificate in PEM.</summary>
    public string Pem => _root.ExportCertificatePem();

    /// <summary>The authority's own certificate.</summary>
    public X509Certificate2 Certificate => _root;

    /// <summary>Signs a certificate with a new key, for servers and clients.</summary>
    /// <param name="name">Its DNS name; it is also good for 127.0.0.1.</param>
    /// <param name="purpose">Null for both, "server" or "client".</param>
    public IssuedCertificate Issue(string name, string? purpose = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        OidCollection purposes = [];
        if (purpose != "client")
        {
            purposes.Add(new Oid(ServerPurpose));
        }

        if (purpose != "server")
        {
            purposes.Add(new Oid(ClientPurpose));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, false));
        using var signed = request.Create(_root, _time.GetUtcNow() - (Life / 2), _time.GetUtcNow() + Life, RandomNumberGenerator.GetBytes(16));
        return new(signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), signed.Thumbprint);
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();
}
