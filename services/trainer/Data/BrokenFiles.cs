using System.Collections.Concurrent;

namespace Phenaki.Trainer.Data;

/// <summary>Counts and names the files that could not be read, and stops when there are too many. Safe for many threads.</summary>
/// <param name="limit">Files that may be broken.</param>
/// <param name="all">Files in all, for the message.</param>
/// <param name="log">Told of each file once.</param>
internal sealed class BrokenFiles(int limit, int all, TextWriter log)
{
    private readonly ConcurrentDictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly TextWriter _log = TextWriter.Synchronized(log);

    /// <summary>Whether a file is known to be broken.</summary>
    public bool Contains(string key) => _files.ContainsKey(key);

    /// <summary>The files and what is wrong with them, in the order of their names.</summary>
    public IReadOnlyList<(string Name, string Why)> All => [.. _files.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];

    /// <summary>Adds a file.</summary>
    /// <exception cref="InvalidOperationException">There are too many; the message names them.</exception>
    public void Add(string key, string why)
    {
        if (_files.TryAdd(key, why))
        {
            _log.WriteLine($"Skipped {key}: {why}");
        }

        if (_files.Count > limit)
        {
            throw new InvalidOperationException($"{_files.Count} of {all} files are broken; max_broken allows {limit}.{MediaIndex.Reasons(All)}");
        }
    }
}
