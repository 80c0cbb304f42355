using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Phenaki.Cli.Keys;
using Phenaki.Orchestrator.ApiKeys;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki key</c>: makes and takes back keys for callers of the orchestrator.</summary>
internal sealed class KeyCommand
{
    private readonly Option<string> _id = new("--id") { Description = "Names the key in logs: 1 to 64 of a-z, 0-9 and -.", Required = true };
    private readonly Option<string> _name = new("--name") { Description = "Whose it is, for people.", DefaultValueFactory = _ => "" };
    private readonly Option<string?> _expires = new("--expires") { Description = "When it ends, as in 2030-01-31 or 2030-01-31T12:00:00Z. Default: never." };
    private readonly Option<int?> _perMinute = new("--requests-per-minute") { Description = "Calls per minute. Default: no limit." };
    private readonly Option<int?> _burst = new("--burst") { Description = "Calls at once after a rest. Default: as many as per minute." };
    private readonly Option<int?> _stories = new("--concurrent-stories") { Description = "Stories at the same time. Default: no limit but the service's." };
    private readonly Option<string?> _file = new("--file") { Description = "File of keys to add the hash to; made where there is none. Default: it is only shown." };

    /// <summary>Creates the command with its two parts.</summary>
    public static Command Create()
    {
        var create = new KeyCommand();
        var make = new Command("create", "Makes a key. Standard output has it this once; what is kept is its hash.")
        {
            create._id, create._name, create._expires, create._perMinute, create._burst, create._stories, create._file,
        };
        make.SetAction(create.MakeAsync);
        var revoke = new KeyCommand();
        revoke._file.Required = true;
        var take = new Command("revoke", "Takes a key back; a service that runs hears of it within seconds.") { revoke._id, revoke._file };
        take.SetAction(revoke.RevokeAsync);
        return new Command("key", "Keys that callers of the orchestrator need.") { make, take };
    }

    private async Task<int> MakeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(_id);
        if (!ApiKey.IsId(id))
        {
            throw CliException.Usage($"--id is '{id}'; allowed are 1 to 64 of a-z, 0-9 and -.");
        }

        var key = ApiKey.Create(id, RandomNumberGenerator.GetBytes(ApiKey.SecretBytes));
        var entry = new ApiKeyEntry
        {
            Id = id,
            Name = parsed.GetRequiredValue(_name),
            Sha256 = ApiKey.Hash(key),
            Expires = ReadExpires(parsed.GetValue(_expires)),
            RequestsPerMinute = parsed.GetValue(_perMinute),
            Burst = parsed.GetValue(_burst),
            ConcurrentStories = parsed.GetValue(_stories),
        };
        if (ApiKeyFile.Problem(entry) is { } problem)
        {
            throw CliException.Usage(problem);
        }

        if (parsed.GetValue(_file) is { } path)
        {
            await KeyStore.AddAsync(path, entry, cancellationToken);
            await Console.Error.WriteLineAsync($"Its hash is in '{path}'. The key itself is shown this once:");
        }
        else
        {
            await Console.Error.WriteLineAsync($"For \"keys\" of the file of keys (ApiKeys:File):\n{ApiKeyFile.ToJson(entry)}\nThe key itself is shown this once:");
        }

        await Console.Out.WriteLineAsync(key);
        return ExitCodes.Success;
    }

    private async Task<int> RevokeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (id, path) = (parsed.GetRequiredValue(_id), parsed.GetRequiredValue(_file)!);
        await KeyStore.RevokeAsync(path, id, cancellationToken);
        await Console.Error.WriteLineAsync($"'{id}' is revoked in '{path}'.");
        return ExitCodes.Success;
    }

    private static DateTimeOffset? ReadExpires(string? text) => text is null
        ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var expires)
            ? expires
            : throw CliException.Usage($"--expires is '{text}'; allowed are days and times such as 2030-01-31 and 2030-01-31T12:00:00Z.");
}
