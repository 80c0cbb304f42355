using System.Globalization;
using System.Text.RegularExpressions;

namespace Phenaki.Testing.Mesh;

/// <summary>One service in a process of its own, on a port of its own that it keeps when it is started again.</summary>
/// <param name="project">Folder below services, as in "text-encoder".</param>
/// <param name="assembly">Name of the program.</param>
/// <param name="ready">What it says when it can be called.</param>
/// <param name="arguments">Its arguments but the port.</param>
public sealed partial class ServiceProcess(string project, string assembly, string ready, params string[] arguments) : IAsyncDisposable
{
    private readonly int _port = RedisServerProcess.FreePort();
    private ProgramProcess? _process;

    /// <summary>How it is spoken to: "http", or "https" where its arguments name a certificate.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>Where it answers.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"{Scheme}://127.0.0.1:{_port}");

    /// <summary>Variables to set.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Where Prometheus would find its metrics; known once it is ready.</summary>
    public Uri Metrics => new(MetricsLine().Match(Said).Groups["address"].Value);

    /// <summary>Memory that it holds, bytes; only while it runs.</summary>
    public long ResidentBytes => _process!.ResidentBytes;

    /// <summary>What it has said.</summary>
    public string Said => _process?.Said ?? "";

    /// <summary>Starts it.</summary>
    public void Start() => _process = ProgramProcess.Start(project, assembly, ["--listen", Address, "--metrics-port", "0", .. arguments], Environment);

    /// <summary>Waits until it can be called.</summary>
    public Task ReadyAsync(CancellationToken cancellationToken) => _process!.SaysAsync(ready, cancellationToken);

    /// <summary>Asks it to leave, as a rolling update does, and waits until it has.</summary>
    /// <returns>Its exit code and all that it has said.</returns>
    public async Task<ProgramResult> LeaveAsync(CancellationToken cancellationToken)
    {
        var leaving = _process!;
        await leaving.SignalAsync("-TERM", cancellationToken);
        var result = await leaving.EndAsync(cancellationToken);
        await KillAsync();
        return result;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();

    [GeneratedRegex(@"Metrics are at (?<address>http:\S+)\.")]
    private static partial Regex MetricsLine();
}
