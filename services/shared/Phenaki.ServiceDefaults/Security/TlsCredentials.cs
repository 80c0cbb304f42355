using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Phenaki.ServiceDefaults.Security;

/// <summary>A certificate of our own and the authorities that others are checked by, as some files held them at one time.</summary>
/// <param name="Certificate">Our own with its key and what is between it and its root; null for none.</param>
/// <param name="Authorities">Roots and what is below them; empty for those of the system.</param>
internal sealed record TlsCredentials(SslStreamCertificateContext? Certificate, X509Certificate2Collection Authorities)
{
    /// <summary>Reads files. What is replaced later is not disposed: a handshake may still be using it.</summary>
    /// <exception cref="CryptographicException">They hold no certificate, or a key that is none or another's.</exception>
    public static TlsCredentials Read(PemFiles files, IReadOnlyList<byte[]> contents)
    {
        var next = 0;
        SslStreamCertificateContext? own = null;
        if (files.Certificate.Length > 0)
        {
            var (certificate, key) = (Encoding.UTF8.GetString(contents[next++]), Encoding.UTF8.GetString(contents[next++]));
            own = Own(files, certificate, key);
        }

        var authorities = files.Authorities.Length > 0 ? Chain(files.Authorities, Encoding.UTF8.GetString(contents[next])) : [];
        return new(own, authorities);
    }

    private static SslStreamCertificateContext Own(PemFiles files, string certificatePem, string keyPem)
    {
        var chain = Chain(files.Certificate, certificatePem);
        X509Certificate2 leaf;
        try
        {
            leaf = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            // The cause may quote what it read; a key is nothing to quote.
            throw new CryptographicException($"'{files.Key}' holds no unencrypted PEM key of the first certificate in '{files.Certificate}'.");
        }

        return SslStreamCertificateContext.Create(leaf, [.. chain.Skip(1)], offline: true);
    }

    private static X509Certificate2Collection Chain(string path, string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException failure)
        {
            throw new CryptographicException($"'{path}' holds a damaged certificate: {failure.Message}");
        }

        return certificates.Count > 0 ? certificates : throw new CryptographicException($"'{path}' holds no certificate in PEM.");
    }
}
