namespace Phenaki.ServiceDefaults.Security;

/// <summary>Files in PEM that one side of TLS works with. A secret of the kind <c>kubernetes.io/tls</c> has them as tls.crt, tls.key and ca.crt.</summary>
/// <param name="Certificate">Our own certificate, followed by those between it and its root; empty for none.</param>
/// <param name="Key">Its key, not encrypted; empty for none.</param>
/// <param name="Authorities">Roots, and what is between them and the other side's certificate; empty for those of the system.</param>
public sealed record PemFiles(string Certificate, string Key, string Authorities)
{
    /// <summary>True where no file is named.</summary>
    public bool IsEmpty => Certificate.Length == 0 && Authorities.Length == 0;

    /// <summary>Names the files that are read.</summary>
    internal IEnumerable<string> Paths => new[] { Certificate, Key, Authorities }.Where(path => path.Length > 0);
}
