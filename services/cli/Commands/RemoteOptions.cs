using System.CommandLine;
using Phenaki.Cli.Stories;
using Phenaki.ServiceDefaults.Security;

namespace Phenaki.Cli.Commands;

/// <summary>Options of commands that can use services which run elsewhere.</summary>
internal sealed class RemoteOptions
{
    /// <summary>Variable of the environment that holds the API key; a key among the arguments could be read by everyone on the machine.</summary>
    public const string KeyVariable = "PHENAKI_API_KEY";

    private readonly Option<string?> _address = new("--address") { Description = "URL of services that run already, as in http://127.0.0.1:5100." };
    private readonly Option<string?> _authorities = new("--ca-file") { Description = "PEM file with the authorities that an https service is trusted by. Default: those of the system." };
    private readonly Option<string?> _certificate = new("--certificate-file") { Description = "PEM file with the certificate that is shown to a service that asks for one." };
    private readonly Option<string?> _key = new("--key-file") { Description = "PEM file with the key of that certificate." };
    private readonly Option<string?> _apiKey = new("--api-key-file") { Description = $"File with the API key. Default: the variable {KeyVariable}." };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>Reads them.</summary>
    /// <returns>Null where no address is given.</returns>
    /// <exception cref="CliException">They do not go together.</exception>
    public RemoteAccess? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_address) is not { } address)
        {
            return All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } useless
                ? throw CliException.Usage($"{useless.Name} is for services that run elsewhere; it needs --address.")
                : null;
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw CliException.Usage($"--address is '{address}'; allowed are URLs such as http://127.0.0.1:5100.");
        }

        var files = new PemFiles(parsed.GetValue(_certificate) ?? "", parsed.GetValue(_key) ?? "", parsed.GetValue(_authorities) ?? "");
        if (!files.IsEmpty && uri.Scheme != "https")
        {
            throw CliException.Usage($"--address is '{address}', but certificates are for https addresses.");
        }

        return files.Certificate.Length > 0 != files.Key.Length > 0
            ? throw CliException.Usage("--certificate-file and --key-file belong together.")
            : new(uri, files, ApiKey(parsed));
    }

    private Option<string?>[] All => [_address, _authorities, _certificate, _key, _apiKey];

    private string? ApiKey(ParseResult parsed)
    {
        if (parsed.GetValue(_apiKey) is not { } path)
        {
            return Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key.Trim() : null;
        }

        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"--api-key-file: '{path}' cannot be read: {wrong.Message}");
        }
    }
}
