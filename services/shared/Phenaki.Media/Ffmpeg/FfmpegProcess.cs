using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Phenaki.Media.Ffmpeg;

/// <summary>A run of ffmpeg or ffprobe: bounded in time, its last words kept, ended when it is disposed.</summary>
internal sealed class FfmpegProcess : IAsyncDisposable
{
    private const int MaxErrorCharacters = 2000;

    private readonly Process _process;
    private readonly TimeSpan _timeout;
    private readonly Task<string> _errors;

    private FfmpegProcess(Process process, TimeSpan timeout)
    {
        _process = process;
        _timeout = timeout;
        _errors = ReadErrorsAsync(process.StandardError);
    }

    /// <summary>Where the program reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Where the program writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Starts the program.</summary>
    /// <param name="program">Full path.</param>
    /// <param name="arguments">One item an argument; no shell reads them.</param>
    /// <param name="timeout">Longest time for one <see cref="RunAsync"/>.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static FfmpegProcess Start(string program, IEnumerable<string> arguments, TimeSpan timeout)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            return new FfmpegProcess(Process.Start(start)!, timeout);
        }
        catch (Win32Exception error)
        {
            throw new IOException($"'{program}' cannot be started: {error.Message}", error);
        }
    }

    /// <summary>
    /// Runs a piece of work on the program's streams. The program is ended when the work is cancelled or takes too long; that also
    /// frees a read or write that waits for it, which a token alone does not on every system.
    /// </summary>
    /// <exception cref="IOException">Too much time has passed, or the program has ended with an error: its last words.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeout);
        await using var kill = limit.Token.Register(Kill);
        try
        {
            try
            {
                await work(limit.Token);
            }
            catch (IOException error) when (!limit.IsCancellationRequested)
            {
                // A broken pipe: the reason is what the program says before it ends.
                await _process.WaitForExitAsync(limit.Token);
                throw new IOException(await DescribeFailureAsync(), error);
            }
        }
        catch (Exception error) when (limit.IsCancellationRequested && error is (IOException or OperationCanceledException or ObjectDisposedException))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException($"ffmpeg did not answer within {_timeout.TotalSeconds:0.#} seconds", error);
        }
    }

    /// <summary>Waits for the end of the program.</summary>
    /// <exception cref="IOException">It took too long, or ended with an error: its last words.</exception>
    public Task WaitForSuccessAsync(CancellationToken cancellationToken) => RunAsync(
        async limit =>
        {
            await _process.WaitForExitAsync(limit);
            if (_process.ExitCode != 0)
            {
                throw new IOException("ffmpeg failed");
            }
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _errors;
        _process.Dispose();
    }

    private static async Task<string> ReadErrorsAsync(StreamReader reader)
    {
        var tail = new StringBuilder();
        var buffer = new char[1024];
        int read;
        while ((read = await reader.ReadAsync(buffer, CancellationToken.None)) > 0)
        {
            tail.Append(buffer, 0, read);
            if (tail.Length > MaxErrorCharacters)
            {
                tail.Remove(0, tail.Length - MaxErrorCharacters);
            }
        }

        return tail.ToString().Trim();
    }

    private async Task<string> DescribeFailureAsync() =>
        $"ffmpeg ended with code {_process.ExitCode}: {await _errors}";

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }
}
