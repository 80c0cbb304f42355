using Phenaki.Geometry;
using Phenaki.Media;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Data;

/// <summary>
/// Clips and stills from files. Training goes through all files in rounds, each in an order of its own that follows from the seed, so that a resumed run sees what an
/// uninterrupted one would. What cannot be read is skipped, counted and named.
/// </summary>
internal sealed class MediaSource : IClipSource
{
    private const int SampleRows = 6;

    private readonly DataConfig _config;
    private readonly VideoReaderOptions _reading;
    private readonly ulong _seed;
    private readonly DecodedVideos _decoded;
    private readonly BrokenFiles _broken;
    private readonly Pools _trained;
    private readonly Pools _heldOut;

    /// <summary>Creates a source.</summary>
    /// <param name="index">The files.</param>
    /// <param name="config">How they are used; must have no violations.</param>
    /// <param name="geometry">Size of the frames.</param>
    /// <param name="framesPerSecond">Rate of the frames.</param>
    /// <param name="seed">Seed of the order and of the cuts.</param>
    /// <param name="log">Told of files that are skipped.</param>
    public MediaSource(MediaIndex index, DataConfig config, VideoGeometry geometry, double framesPerSecond, ulong seed, TextWriter log)
    {
        _config = config;
        _seed = seed;
        _reading = new VideoReaderOptions
        {
            Width = geometry.Width,
            Height = geometry.Height,
            Fit = config.FitMode,
            FramesPerSecond = framesPerSecond,
            DefaultFramesPerSecond = framesPerSecond,
        };
        _decoded = new DecodedVideos(config.MemoryMegabytes * 1_000_000L);
        _broken = new BrokenFiles(Math.Max(1, (int)(index.Entries.Count * config.MaxBroken)), index.Entries.Count, log);
        var held = index.Entries.Where(entry => entry.Uniform < config.HeldOut).ToList();
        var trained = index.Entries.Where(entry => entry.Uniform >= config.HeldOut).ToList();

        // A handful of files may leave one side empty: then both show all.
        _trained = new Pools(trained.Count > 0 ? trained : index.Entries);
        _heldOut = new Pools(held.Count > 0 ? held : index.Entries);
        Vocabulary = CaptionVocabulary.Of(index.Entries.SelectMany(entry => entry.Captions), config.MaxWords);
        SamplePrompts = [.. _heldOut.All.Take(SampleRows).Select(entry => (string[])[entry.Captions[0]])];
        Description = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(config.Path))}: {index.Entries.Count(entry => entry.Frames != 1)} videos and "
            + $"{index.Entries.Count(entry => entry.Frames == 1)} pictures of its owner's ({held.Count} held out), fingerprint {index.Fingerprint()[..12]}";
    }

    /// <inheritdoc />
    public string Description { get; }

    /// <inheritdoc />
    public CaptionVocabulary Vocabulary { get; }

    /// <inheritdoc />
    public IReadOnlyList<IReadOnlyList<string>> SamplePrompts { get; }

    /// <inheritdoc />
    public async ValueTask<TrainingClip> DrawAsync(ClipDraw draw, Func<UInt128, bool> isKnown, CancellationToken cancellationToken)
    {
        var random = new WorldRandom(_seed, draw.Index);
        var pools = draw.HeldOut ? _heldOut : _trained;
        var pool = draw.Frames > 1 ? pools.Clips(draw.Frames) : pools.Stills(random.Chance(_config.ImagesInStills));
        int window = random.Below(_config.Windows);
        double word = random.Unit();
        if (pool.Count == 0)
        {
            throw new InvalidOperationException($"data.path: {_config.Path} holds no videos of {draw.Frames} frames{(draw.HeldOut ? " that are held out" : "")}; clips need them.");
        }

        long round = draw.Ordinal / pool.Count;
        int place = (int)(draw.Ordinal % pool.Count);
        for (int tried = 0; tried < pool.Count; tried++)
        {
            var entry = pool[Shuffle.At((place + tried) % pool.Count, pool.Count, _seed ^ ((ulong)round << 20) ^ (ulong)pool.Count)];
            if (_broken.Contains(entry.Key) || pools.IsTooShort(entry, draw.Frames))
            {
                continue;
            }

            var identity = entry.Identity(window, draw.Frames);
            string caption = entry.Captions[(int)(word * entry.Captions.Count)];
            if (isKnown(identity))
            {
                return new TrainingClip([], draw.Frames, caption) { Identity = identity };
            }

            if (await ReadAsync(entry, cancellationToken).ConfigureAwait(false) is not { } frames)
            {
                continue;
            }

            if (frames.Count < draw.Frames)
            {
                pools.AddTooShort(entry, frames.Count);
                continue;
            }

            int start = _config.Windows == 1 ? (frames.Count - draw.Frames) / 2 : (int)((long)(frames.Count - draw.Frames) * window / (_config.Windows - 1));
            return new TrainingClip([.. frames.Skip(start).Take(draw.Frames).SelectMany(frame => frame)], draw.Frames, caption) { Identity = identity };
        }

        throw new InvalidOperationException($"data.path: {_config.Path} holds no readable video of {draw.Frames} frames at {_reading.FramesPerSecond} a second.{MediaIndex.Reasons(_broken.All)}");
    }

    private async Task<IReadOnlyList<byte[]>?> ReadAsync(MediaEntry entry, CancellationToken cancellationToken)
    {
        if (_decoded.Find(entry.Key) is { } known)
        {
            return known;
        }

        try
        {
            var video = await VideoReader.ReadAsync(entry.Part, _reading, cancellationToken).ConfigureAwait(false);
            _decoded.Add(entry.Key, video.Frames);
            return video.Frames;
        }
        catch (MediaException error)
        {
            _broken.Add(entry.Key, error.Message);
            return null;
        }
    }
}
