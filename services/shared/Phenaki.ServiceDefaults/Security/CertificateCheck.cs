using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Phenaki.ServiceDefaults.Security;

/// <summary>Decides whether the other side's certificate is one of an authority that we trust, for what it is used.</summary>
internal static class CertificateCheck
{
    /// <summary>Purpose of a server's certificate (RFC 5280, section 4.2.1.12).</summary>
    public const string Server = "1.3.6.1.5.5.7.3.1";

    /// <summary>Purpose of a client's certificate (RFC 5280, section 4.2.1.12).</summary>
    public const string Client = "1.3.6.1.5.5.7.3.2";

    /// <summary>What is wrong with a certificate; null when nothing is.</summary>
    /// <param name="certificate">What the other side showed.</param>
    /// <param name="presented">What it showed beside it, and what is known from the system.</param>
    /// <param name="errors">What the handshake has found.</param>
    /// <param name="authorities">Who may have signed it; empty for those of the system, by whom the handshake has judged already.</param>
    /// <param name="purposes">What it is used for.</param>
    public static string? Problem(
        X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors, X509Certificate2Collection authorities, params ReadOnlySpan<string> purposes)
    {
        if (certificate is not X509Certificate2 leaf)
        {
            return "there is none";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"it is for other names: {string.Join(", ", Names(leaf))}";
        }

        if (authorities.Count == 0)
        {
            return errors == SslPolicyErrors.None ? null : $"no authority of the system vouches for it ({errors})";
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        foreach (var purpose in purposes)
        {
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        }

        // Certificates of a mesh live for hours and are on no list.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        foreach (var element in presented?.ChainElements.Skip(1) ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        var isGood = chain.Build(leaf);
        var problem = isGood ? null : string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct());
        foreach (var element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }

        return problem;
    }

    /// <summary>The DNS names that a certificate is for.</summary>
    public static IEnumerable<string> Names(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames());
}
