using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Phenaki.ServiceDefaults.Startup;

namespace Phenaki.ServiceDefaults.Security;

/// <summary>
/// What a few small files say, read again when they change. Their contents are compared from time to time: a mounted secret is swapped by
/// replacing a link above the files, which watchers of files do not see. What cannot be used is told in the log, and the last that could stays.
/// </summary>
/// <typeparam name="T">What the files are read as.</typeparam>
public sealed class ReloadedFiles<T> : IDisposable
    where T : class
{
    /// <summary>Most bytes of a file: 8 MiB.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private readonly string _what;
    private readonly string[] _paths;
    private readonly Func<IReadOnlyList<byte[]>, T> _parse;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private volatile T _current;
    private string _seen;
    private volatile bool _disposed;

    /// <summary>Reads the files, and from now on again every <paramref name="interval"/>.</summary>
    /// <param name="what">What they are, for the log, as in "The certificate".</param>
    /// <param name="paths">The files.</param>
    /// <param name="parse">Makes sense of their contents, in the same order; throws when it cannot, with a message that names no secret.</param>
    /// <param name="interval">Time between two looks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of every change.</param>
    /// <exception cref="StartupException">A file cannot be read, or not be used.</exception>
    public ReloadedFiles(
        string what, IEnumerable<string> paths, Func<IReadOnlyList<byte[]>, T> parse, TimeSpan interval, TimeProvider time, ILogger logger)
    {
        _what = what;
        _paths = [.. paths];
        _parse = parse;
        _interval = interval;
        _logger = logger;
        try
        {
            var contents = Read();
            _seen = Digest(contents);
            _current = parse(contents);
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            throw new StartupException($"{what} cannot be used: {failure.Message}", failure);
        }

        // One shot at a time: a slow disk must not pile up looks.
        _timer = time.CreateTimer(_ => Look(), null, interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What the files said when they could last be used.</summary>
    public T Current => _current;

    /// <summary>Looks no more.</summary>
    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
    }

    private void Look()
    {
        try
        {
            var contents = Read();
            var digest = Digest(contents);
            if (digest != _seen)
            {
                _seen = digest;
                _current = _parse(contents);
                SecurityLog.Reloaded(_logger, _what, string.Join(", ", _paths));
            }
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            // Told once. What is missing may come back as it was, and is to be read again then.
            var isMissing = failure is IOException or UnauthorizedAccessException;
            if (!isMissing || _seen.Length > 0)
            {
                SecurityLog.KeptLast(_logger, _what, failure.Message);
            }

            _seen = isMissing ? "" : _seen;
        }
        finally
        {
            if (!_disposed)
            {
                _timer.Change(_interval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private byte[][] Read() => [.. _paths.Select(ReadOne)];

    private static byte[] ReadOne(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[Math.Min(MaxBytes, Math.Max(file.Length, 4096)) + 1];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length < buffer.Length ? buffer[..length] : throw new InvalidDataException($"'{path}' has more than {MaxBytes} bytes.");
    }

    private static string Digest(byte[][] contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var content in contents)
        {
            hash.AppendData(SHA256.HashData(content));
        }

        return Convert.ToHexString(hash.GetCurrentHash());
    }

    private static bool IsExpected(Exception failure) => failure is IOException or UnauthorizedAccessException or CryptographicException
        or ArgumentException or InvalidDataException or FormatException or System.Text.Json.JsonException or NotSupportedException;
}
