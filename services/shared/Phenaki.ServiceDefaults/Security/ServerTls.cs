using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Phenaki.ServiceDefaults.Security;

/// <summary>TLS towards callers: what each new connection is offered and asked for. Connections that exist go on when the files change.</summary>
internal sealed class ServerTls : IDisposable
{
    private readonly ReloadedFiles<TlsCredentials> _files;
    private readonly HashSet<string> _names;
    private readonly bool _isMutual;
    private readonly ILogger _logger;

    /// <summary>Reads the files.</summary>
    /// <exception cref="Startup.StartupException">They cannot be used.</exception>
    public ServerTls(IOptions<TlsOptions> options, FileReload reload, TimeProvider time, ILogger<ServerTls> logger)
    {
        var pem = new PemFiles(options.Value.CertificateFile, options.Value.KeyFile, options.Value.ClientCaFile);
        _logger = logger;
        _isMutual = pem.Authorities.Length > 0;
        _names = options.Value.ClientNames.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _files = new("The service's certificate", pem.Paths, contents => TlsCredentials.Read(pem, contents), reload.Interval, time, logger);
    }

    /// <summary>What the next connection is offered and asked for.</summary>
    /// <param name="protocols">What it may speak, the preferred first.</param>
    public SslServerAuthenticationOptions ForConnection(List<SslApplicationProtocol> protocols)
    {
        var now = _files.Current;
        return new()
        {
            ServerCertificateContext = now.Certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = protocols,
            ClientCertificateRequired = _isMutual,
            RemoteCertificateValidationCallback = _isMutual
                ? (_, certificate, chain, errors) => Accepts(certificate, chain, errors, now.Authorities)
                : null,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();

    private bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        var problem = CertificateCheck.Problem(certificate, chain, errors, authorities, CertificateCheck.Client);
        if (problem is null && _names.Count > 0 && certificate is X509Certificate2 leaf && !CertificateCheck.Names(leaf).Any(_names.Contains))
        {
            problem = "none of its names is allowed";
        }

        if (problem is not null)
        {
            SecurityLog.Refused(_logger, certificate?.Subject ?? "none shown", problem);
        }

        return problem is null;
    }
}
