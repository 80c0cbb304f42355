using System.CommandLine;
using Phenaki.Cli.Hosting;

namespace Phenaki.Cli.Commands;

/// <summary>Options of commands that host the services.</summary>
internal sealed class HostOptions
{
    private readonly Option<string?> _cacheDir = new("--cache-dir") { Description = "Folder in which the cache outlives the process. Default: the user's cache folder." };
    private readonly Option<bool> _noCache = new("--no-cache") { Description = "Make everything anew and keep nothing." };
    private readonly Option<string?> _redis = new("--redis") { Description = "Address of a Redis server to use as the cache, as in 127.0.0.1:6379." };

    /// <summary>The model.</summary>
    public Option<string?> Model { get; } = CommonOptions.Model();

    /// <summary>Where it runs.</summary>
    public Option<string> Device { get; } = CommonOptions.Device();

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(Model);
        command.Add(Device);
        command.Add(_cacheDir);
        command.Add(_noCache);
        command.Add(_redis);
    }

    /// <summary>The names of those that were typed.</summary>
    public IEnumerable<string> Typed(ParseResult parsed) => new Option[] { Model, Device, _cacheDir, _noCache, _redis }
        .Where(option => parsed.GetResult(option) is { Implicit: false })
        .Select(option => option.Name);

    /// <summary>Reads the choice of a cache.</summary>
    /// <exception cref="CliException">Two of them exclude each other.</exception>
    public CacheChoice Cache(ParseResult parsed)
    {
        var choice = new CacheChoice { IsOn = !parsed.GetValue(_noCache), Redis = parsed.GetValue(_redis), Folder = parsed.GetValue(_cacheDir) };
        return (choice.IsOn ? 0 : 1) + (choice.Redis is null ? 0 : 1) + (choice.Folder is null ? 0 : 1) > 1
            ? throw CliException.Usage("--cache-dir, --no-cache and --redis exclude each other.")
            : choice;
    }
}
