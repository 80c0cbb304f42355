using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Phenaki.Testing.Mesh;

/// <summary>A program of this repository in a process of its own, from its build output; killed with the test. What it says is kept.</summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Transcript _output = new();
    private readonly Transcript _error = new();
    private readonly Task _read;

    private ProgramProcess(Process process)
    {
        _process = process;
        _read = Task.WhenAll(_output.ReadAsync(process.StandardOutput), _error.ReadAsync(process.StandardError));
    }

    /// <summary>What it has said so far, for a test that fails.</summary>
    public string Said => $"--- standard output\n{_output}\n--- standard error\n{_error}";

    /// <summary>Starts a program.</summary>
    /// <param name="project">Folder below services, as in "cli".</param>
    /// <param name="assembly">Name of the program, as in "phenaki".</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables to set.</param>
    public static ProgramProcess Start(
        string project, string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet");
        foreach (var argument in arguments.Prepend(PathOf(project, assembly)))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        // Several of them share two cores; without this each would want both all the time.
        start.Environment.TryAdd("OMP_NUM_THREADS", "1");
        return Start(start);
    }

    /// <summary>Where a program of this repository was built.</summary>
    /// <param name="project">Folder below services, as in "cli".</param>
    /// <param name="assembly">Name of the program, as in "phenaki".</param>
    public static string PathOf(string project, string assembly)
    {
        // Tests are built into bin/CONFIGURATION/FRAMEWORK, and so are the programs.
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(RepositoryFiles.Root, "services", project, "bin", built.Parent!.Name, built.Name, $"{assembly}.dll");
    }

    /// <summary>Starts any program.</summary>
    public static ProgramProcess Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        // Tests that a shell runs in its background ignore Ctrl-C, and so would all that they start.
        if (OperatingSystem.IsLinux())
        {
            start.ArgumentList.Insert(0, "--default-signal=INT");
            start.ArgumentList.Insert(1, start.FileName);
            start.FileName = "env";
        }

        return new ProgramProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it says something on either stream.</summary>
    public async Task SaysAsync(string words, CancellationToken cancellationToken)
    {
        try
        {
            await Eventually.TrueAsync(
                () => _output.Has(words) || _error.Has(words)
                    ? ValueTask.FromResult(true)
                    : _process.HasExited ? throw new InvalidOperationException($"It ended without saying '{words}'.\n{Said}") : ValueTask.FromResult(false),
                cancellationToken);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"It has not said '{words}'.\n{Said}", late);
        }
    }

    /// <summary>Types a line on its standard input.</summary>
    public async Task TypeAsync(string line, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
    }

    /// <summary>Types Ctrl-D.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Memory that it holds, bytes; only while it runs.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The most memory that it has held so far, bytes; only while it runs.</summary>
    public long PeakResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Waits until it says something of a form on either stream.</summary>
    /// <param name="pattern">A regular expression with a group.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The group.</returns>
    public async Task<string> FindAsync(string pattern, CancellationToken cancellationToken)
    {
        Match? found = null;
        await Eventually.TrueAsync(
            () => _process.HasExited && !Regex.IsMatch(Said, pattern, RegexOptions.None, TimeSpan.FromSeconds(1))
                ? throw new InvalidOperationException($"It ended without saying '{pattern}'.\n{Said}")
                : ValueTask.FromResult((found = Regex.Match(Said, pattern, RegexOptions.None, TimeSpan.FromSeconds(1))).Success),
            cancellationToken);
        return found!.Groups[1].Value;
    }

    /// <summary>Waits for its end.</summary>
    public async Task<ProgramResult> EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken);
            await _read.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"It does not end.\n{Said}", late);
        }

        return new ProgramResult(_process.ExitCode, _output.ToString(), _error.ToString());
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Sends it a signal, as in "-INT" for Ctrl-C.</summary>
    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _read;
        _process.Dispose();
    }
}
