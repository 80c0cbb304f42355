using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.Stories;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Hosting;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Videos;

/// <summary>
/// The files of videos, written when they are first asked for and kept while there is room. A file that several ask for is written once; the writing
/// goes on when they leave, since the next who asks comes soon, and ends with this.
/// </summary>
internal sealed class VideoFiles : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<VideoFile>> _writing = [];
    private readonly Dictionary<string, Kept> _kept = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrencyLimiter _room;
    private readonly Func<WireStory, VideoFileKind, string, CancellationToken, Task> _write;
    private readonly VideoOptions _options;
    private readonly TimeProvider _time;
    private readonly Lazy<ProcessFolder> _folder;
    private long _bytes;
    private long _uses;
    private long _sent;

    /// <summary>Keeps nothing yet.</summary>
    /// <param name="write">Writes a story into a file of a kind, at a path.</param>
    /// <param name="names">Tells the folders of processes apart.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">The clock.</param>
    public VideoFiles(Func<WireStory, VideoFileKind, string, CancellationToken, Task> write, ISeedSource names, IOptions<VideoOptions> options, TimeProvider time)
    {
        _write = write;
        _options = options.Value;
        _time = time;
        _room = new(new() { PermitLimit = _options.MaxEncodings, QueueLimit = _options.MaxWaiting });
        _folder = new(() => ProcessFolder.Create(_options.Folder, $"videos-{names.Next():x16}"));
    }

    /// <summary>Bytes of the files that are kept.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>A path for a file of a single request, which is the caller's to delete; gone with this process at the latest.</summary>
    public string NewPath() => Path.Combine(Directory.CreateDirectory(_folder.Value.Path).FullName, $"sent-{Interlocked.Increment(ref _sent)}");

    /// <summary>Opens a file of a story that is complete, and writes it first where that was not done yet.</summary>
    /// <exception cref="VideoException">It is too long for the kind.</exception>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with RetryInfo: too many files wait to be written.</exception>
    public async Task<(VideoFile File, Stream Content)> OpenAsync(WireStory story, VideoFileKind kind, CancellationToken cancellationToken)
    {
        if (!kind.IsStill && story.Frames > _options.MaxFrames)
        {
            throw VideoException.Invalid("video_id", $"The video has {story.Frames} frames; files are written of up to {_options.MaxFrames}.");
        }

        // A story that was deleted and asked for again by the same name has another time.
        var name = $"{Prefix(story.Id)}{story.CreateTime.ToDateTimeOffset().UtcTicks:x}-{kind.Name}";
        DropExpired();
        while (true)
        {
            Task<VideoFile>? writing;
            lock (_gate)
            {
                if (_kept.TryGetValue(name, out var kept) && !File.Exists(kept.File.Path))
                {
                    // Somebody tidies the folder for temporary files.
                    Drop(name);
                }
                else if (kept is not null)
                {
                    kept.LastUse = ++_uses;
                    return (kept.File, new FileStream(kept.File.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous));
                }

                if (!_writing.TryGetValue(name, out writing))
                {
                    writing = Task.Run(() => WriteAsync(name, story, kind), CancellationToken.None);
                    _writing.Add(name, writing);
                }
            }

            await writing.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets the files of a story.</summary>
    public void Forget(string story)
    {
        lock (_gate)
        {
            foreach (var name in _kept.Keys.Where(name => name.StartsWith(Prefix(story), StringComparison.Ordinal)).ToList())
            {
                Drop(name);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task<VideoFile>[] writing;
        lock (_gate)
        {
            writing = [.. _writing.Values];
        }

        await ((Task)Task.WhenAll(writing)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _room.Dispose();
        _stop.Dispose();
        if (_folder.IsValueCreated)
        {
            _folder.Value.Dispose();
        }
    }

    private static string Prefix(string story) => $"{story}-";

    private async Task<VideoFile> WriteAsync(string name, WireStory story, VideoFileKind kind)
    {
        try
        {
            using var place = await _room.AcquireAsync(1, _stop.Token);
            if (!place.IsAcquired)
            {
                throw RpcErrors.ResourceExhausted("As many videos wait to be written into files as are allowed; ask again later.", RetryAfter);
            }

            var path = Path.Combine(Directory.CreateDirectory(_folder.Value.Path).FullName, name + kind.Ending);
            await _write(story, kind, path, _stop.Token);
            await using var content = File.OpenRead(path);
            var hash = await SHA256.HashDataAsync(content, _stop.Token);
            var file = new VideoFile(path, content.Length, Convert.ToHexStringLower(hash));
            Keep(name, file, story.ExpireTime?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue);
            return file;
        }
        finally
        {
            lock (_gate)
            {
                _writing.Remove(name);
            }
        }
    }

    private void Keep(string name, VideoFile file, DateTimeOffset expires)
    {
        lock (_gate)
        {
            _kept.Add(name, new(file, expires) { LastUse = ++_uses });
            _bytes += file.Bytes;

            // The newest stays, however large: somebody waits for it.
            while (_bytes > _options.CacheBytes && _kept.Count > 1)
            {
                Drop(_kept.MinBy(kept => kept.Value.LastUse).Key);
            }
        }
    }

    private void DropExpired()
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            foreach (var name in _kept.Where(kept => kept.Value.Expires <= now).Select(kept => kept.Key).ToList())
            {
                Drop(name);
            }
        }
    }

    /// <summary>Who reads it just now goes on: the file is gone when it is closed.</summary>
    private void Drop(string name)
    {
        _kept.Remove(name, out var kept);
        _bytes -= kept!.File.Bytes;
        if (File.Exists(kept.File.Path))
        {
            File.Delete(kept.File.Path);
        }
    }

    private sealed class Kept(VideoFile file, DateTimeOffset expires)
    {
        public VideoFile File => file;

        public DateTimeOffset Expires => expires;

        public long LastUse { get; set; }
    }
}
