using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Phenaki.ServiceDefaults.Security;

/// <summary>
/// Mutual TLS between processes of one kind, such as replicas of a service, that hold certificates for the same names: each shows its own, on either
/// side, and takes only one of a trusted authority that has a name in common with it. Other services of the same authority have other names.
/// </summary>
public sealed class PeerTls
{
    private readonly ReloadedFiles<TlsCredentials> _files;
    private readonly ILogger _logger;

    internal PeerTls(ReloadedFiles<TlsCredentials> files, ILogger logger)
    {
        _files = files;
        _logger = logger;
    }

    /// <summary>What is shown to the other side now; stays the files'.</summary>
    public X509Certificate2 Certificate => _files.Current.Certificate!.TargetCertificate;

    /// <summary>Whether the other side is a peer.</summary>
    /// <param name="certificate">What it shows.</param>
    /// <param name="chain">What it shows beside it.</param>
    /// <param name="errors">What the handshake has found. The name that was called is no matter: peers call each other by changing addresses.</param>
    public bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var now = _files.Current;
        errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        var problem = CertificateCheck.Problem(certificate, chain, errors, now.Authorities, CertificateCheck.Server, CertificateCheck.Client);
        if (problem is null && !CertificateCheck.Names((X509Certificate2)certificate!).Intersect(CertificateCheck.Names(Certificate), StringComparer.OrdinalIgnoreCase).Any())
        {
            problem = "it has no name in common with ours";
        }

        if (problem is not null)
        {
            SecurityLog.Refused(_logger, certificate?.Subject ?? "none shown", problem);
        }

        return problem is null;
    }
}
