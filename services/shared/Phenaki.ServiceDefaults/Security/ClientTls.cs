using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Phenaki.ServiceDefaults.Security;

/// <summary>
/// TLS towards servers that we call. New connections use what the files hold then; those that exist go on. Only our own certificate is shown:
/// what is between it and its root belongs into the server's file of authorities.
/// </summary>
public sealed class ClientTls : IDisposable
{
    private readonly ReloadedFiles<TlsCredentials>? _files;
    private readonly ILogger _logger;

    /// <summary>Reads the files.</summary>
    /// <param name="what">Whose they are, for the log, as in "The certificate for the mesh".</param>
    /// <param name="files">Where our certificate and the servers' authorities are.</param>
    /// <param name="reload">How often they are looked at.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of changes and refusals.</param>
    /// <exception cref="Startup.StartupException">They cannot be used.</exception>
    public ClientTls(string what, PemFiles files, FileReload reload, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        if (!files.IsEmpty)
        {
            _files = new(what, files.Paths, contents => TlsCredentials.Read(files, contents), reload.Interval, time, logger);
        }
    }

    /// <summary>
    /// For processes of one kind that call each other with this certificate; null where there is none, or no authority is named: then nobody could
    /// be told from anybody else. Uses the same files.
    /// </summary>
    public PeerTls? Peers() => _files?.Current is { Certificate: not null, Authorities.Count: > 0 } ? new(_files, _logger) : null;

    /// <summary>For a client that makes connections for itself; every handshake asks these anew.</summary>
    public SslClientAuthenticationOptions Options()
    {
        var options = new SslClientAuthenticationOptions();
        if (_files is not null)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Accepts(certificate, chain, errors);
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => _files.Current.Certificate?.TargetCertificate!;
        }

        return options;
    }

    /// <inheritdoc/>
    public void Dispose() => _files?.Dispose();

    private bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var problem = CertificateCheck.Problem(certificate, chain, errors, _files!.Current.Authorities, CertificateCheck.Server);
        if (problem is not null)
        {
            SecurityLog.Refused(_logger, certificate?.Subject ?? "none shown", problem);
        }

        return problem is null;
    }
}
