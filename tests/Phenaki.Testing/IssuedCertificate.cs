namespace Phenaki.Testing;

/// <summary>A certificate with its key.</summary>
/// <param name="CertificatePem">The certificate.</param>
/// <param name="KeyPem">Its key, PKCS 8.</param>
/// <param name="Thumbprint">SHA-1 of the certificate, in hexadecimal digits.</param>
public sealed record IssuedCertificate(string CertificatePem, string KeyPem, string Thumbprint);
