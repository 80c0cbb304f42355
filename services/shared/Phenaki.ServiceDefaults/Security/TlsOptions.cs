namespace Phenaki.ServiceDefaults.Security;

/// <summary>TLS of a service towards its callers: section <c>Tls</c> of the configuration. Files are read again when they change.</summary>
public sealed class TlsOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Tls";

    /// <summary>PEM file with the service's certificate, followed by those between it and its root; default empty: no TLS.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the key of the certificate, not encrypted; default empty.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>
    /// PEM file with the authorities that callers' certificates must come from, which switches mutual TLS on: without such a certificate there is
    /// no connection, and so no call. Default empty: callers need none.
    /// </summary>
    public string ClientCaFile { get; set; } = "";

    /// <summary>DNS names, separated by commas, of which a caller's certificate must have one, where the authority signs for others too; default empty: any.</summary>
    public string ClientNames { get; set; } = "";

    /// <summary>True where the service speaks TLS with these files.</summary>
    public bool IsOn => CertificateFile.Length > 0;
}
