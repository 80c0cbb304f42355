using System.Diagnostics;

namespace Phenaki.Testing;

/// <summary>
/// A folder with tls.crt, tls.key and ca.crt, laid out and swapped as Kubernetes does with a mounted secret: the files are links through the link
/// "..data" into a folder of their version, and that one link is replaced.
/// </summary>
public sealed class MountedSecret
{
    private readonly string _folder;
    private int _version;

    /// <summary>Makes the folder.</summary>
    /// <param name="folder">Its path.</param>
    /// <param name="certificate">tls.crt and tls.key.</param>
    /// <param name="authorityPem">ca.crt.</param>
    public MountedSecret(string folder, IssuedCertificate certificate, string authorityPem)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        Swap(certificate, authorityPem);
        foreach (var name in new[] { "tls.crt", "tls.key", "ca.crt" })
        {
            File.CreateSymbolicLink(Path.Combine(folder, name), Path.Combine("..data", name));
        }
    }

    /// <summary>Path of the certificate.</summary>
    public string Certificate => Path.Combine(_folder, "tls.crt");

    /// <summary>Path of its key.</summary>
    public string Key => Path.Combine(_folder, "tls.key");

    /// <summary>Path of the authorities.</summary>
    public string Authority => Path.Combine(_folder, "ca.crt");

    /// <summary>Replaces all three at once.</summary>
    public void Swap(IssuedCertificate certificate, string authorityPem)
    {
        var version = $"..v{++_version}";
        var folder = Directory.CreateDirectory(Path.Combine(_folder, version)).FullName;
        File.WriteAllText(Path.Combine(folder, "tls.crt"), certificate.CertificatePem);
        File.WriteAllText(Path.Combine(folder, "tls.key"), certificate.KeyPem);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), authorityPem);
        var link = Path.Combine(_folder, "..data_tmp");
        File.CreateSymbolicLink(link, version);

        // One rename, as the kubelet does; .NET follows a link to a folder instead of replacing it.
        using var rename = Process.Start("mv", ["-T", link, Path.Combine(_folder, "..data")]);
        rename.WaitForExit();
        Assert.Equal(0, rename.ExitCode);
    }
}
