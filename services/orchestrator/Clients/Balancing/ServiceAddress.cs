namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>Where a service is looked for: one URL, several of them, or a name that stands for several replicas.</summary>
/// <param name="Target">What the channel is opened to.</param>
/// <param name="Replicas">Host and port of each, where several URLs are given; else empty.</param>
/// <param name="HostName">Name of the service where replicas are told by DNS, which its certificate is made out to; else null.</param>
/// <param name="UsesTls">True for TLS.</param>
internal sealed record ServiceAddress(Uri Target, IReadOnlyList<(string Host, int Port)> Replicas, string? HostName, bool UsesTls)
{
    /// <summary>Scheme of a target that stands for <see cref="Replicas"/>.</summary>
    public const string ListScheme = "replicas";

    /// <summary>True where calls are spread over replicas.</summary>
    public bool IsBalanced => Replicas.Count > 0 || HostName is not null;

    /// <summary>Reads an address.</summary>
    /// <param name="text"><c>http://host:port</c>, several of these separated by commas, all http or all https, or <c>dns:///host:port</c>.</param>
    /// <param name="dnsUsesTls">Whether TLS is spoken to what a name stands for.</param>
    /// <returns>Null when it is none.</returns>
    public static ServiceAddress? Parse(string text, bool dnsUsesTls)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var uris = parts.Select(part => Uri.TryCreate(part, UriKind.Absolute, out var uri) ? uri : null).OfType<Uri>().ToList();
        if (uris.Count == 0 || uris.Count < parts.Length)
        {
            return null;
        }

        if (uris is [{ Scheme: "dns" } name])
        {
            var host = name.AbsolutePath.TrimStart('/');
            return host.Length > 0 ? new(name, [], host, dnsUsesTls) : null;
        }

        if (uris.Any(uri => uri.Scheme is not ("http" or "https") || uri.Scheme != uris[0].Scheme || uri.Host.Length == 0))
        {
            return null;
        }

        var usesTls = uris[0].Scheme == "https";
        return uris.Count == 1
            ? new(uris[0], [], null, usesTls)
            : new(new($"{ListScheme}:///{uris[0].Host}"), [.. uris.Select(uri => (uri.Host, uri.Port)).Distinct()], null, usesTls);
    }
}
