using System.Security.Cryptography;
using Phenaki.ServiceDefaults.Hosting;

namespace Phenaki.Cli.Hosting;

/// <summary>Where the servers inside this process have their sockets, and what they keep for no longer than it lives.</summary>
internal static class SocketFolder
{
    // The path of a socket has at most 107 bytes.
    private const int NameDigits = 16;

    /// <summary>Makes one; what processes that were killed have left is deleted.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static ProcessFolder Create() => ProcessFolder.Create(parent: "", RandomNumberGenerator.GetHexString(NameDigits, lowercase: true));
}
