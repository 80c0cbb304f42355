namespace Phenaki.ServiceDefaults.Security;

/// <summary>
/// TLS of a service towards the services that it calls at https addresses: section <c>Mesh:Tls</c> of the configuration. Files are read again when
/// they change.
/// </summary>
public sealed class MeshTlsOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Mesh:Tls";

    /// <summary>PEM file with the authorities that the services' certificates must come from; default empty: those of the system.</summary>
    public string CaFile { get; set; } = "";

    /// <summary>PEM file with the certificate that is shown to services that ask for one (mutual TLS); default empty: none.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the key of the certificate, not encrypted; default empty.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The files.</summary>
    public PemFiles Files => new(CertificateFile, KeyFile, CaFile);
}
