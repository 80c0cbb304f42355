using Phenaki.Media.Iso;

namespace Phenaki.Media.Writing;

/// <summary>
/// Writes AV1 in MP4. Frames are encoded in segments while the next ones come in: at most two segments are in memory, and a
/// player can seek to the start of each.
/// </summary>
internal sealed class Av1Encoder : IFrameEncoder
{
    private const int MaxSegmentFrames = 32;
    private const int MaxSegmentBytes = 64 << 20;

    // With 1000 units for a frame, any sensible rate is a whole number of units in a second.
    private const uint FrameDuration = 1000;

    private readonly PictureFormat _picture;
    private readonly AsideOutput _output;
    private readonly int _quality;
    private readonly bool _fullChroma;
    private readonly int _segmentFrames;
    private readonly AsideOutput _samplesFile;
    private readonly FileStream _samplesData;
    private readonly List<Av1Sample> _samples = [];
    private readonly CancellationTokenSource _stopped = new();
    private List<byte[]> _collected = [];
    private Task<Av1Segment>? _encoding;
    private byte[]? _configuration;

    public Av1Encoder(PictureFormat picture, AsideOutput output, VideoWriterOptions options)
    {
        _picture = picture;
        _output = output;
        _quality = options.Quality;
        _fullChroma = options.Chroma == ChromaDetail.Full || (options.Chroma == ChromaDetail.Auto && options.Scale == 1);
        _segmentFrames = Math.Clamp(MaxSegmentBytes / (picture.Width * picture.Height * 3), 2, MaxSegmentFrames);
        _samplesFile = AsideOutput.Create(output.Path, asFolder: false);
        _samplesData = new FileStream(_samplesFile.Aside, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous);
    }

    public async ValueTask AddAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellationToken)
    {
        _collected.Add(rgb.ToArray());
        if (_collected.Count == _segmentFrames)
        {
            await TakeEncodedAsync(cancellationToken);
            BeginEncoding();
        }
    }

    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        await TakeEncodedAsync(cancellationToken);
        if (_collected.Count > 0)
        {
            BeginEncoding();
            await TakeEncodedAsync(cancellationToken);
        }

        byte[] header = Av1MovieWriter.Header(
            _picture.Width, _picture.Height, Timescale(_picture.FramesPerSecond), _configuration, _samples, asPictures: false);
        await using var file = new FileStream(_output.Aside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
        await file.WriteAsync(header, cancellationToken);
        _samplesData.Position = 0;
        await _samplesData.CopyToAsync(file, cancellationToken);
        await file.FlushAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        if (_encoding is not null)
        {
            await Task.WhenAny(_encoding);
        }

        _stopped.Dispose();
        try
        {
            await _samplesData.DisposeAsync();
        }
        catch (IOException)
        {
            // What could not be flushed (a full disk) is removed anyway.
        }
        finally
        {
            _samplesFile.Dispose();
        }
    }

    private static uint Timescale(double framesPerSecond) => (uint)Math.Max(1, Math.Round(framesPerSecond * FrameDuration));

    private void BeginEncoding()
    {
        var frames = _collected;
        _collected = [];
        _encoding = Task.Run(
            () => Av1Segment.Encode(frames, _picture.Width, _picture.Height, _quality, _fullChroma, _stopped.Token), _stopped.Token);
    }

    private async Task TakeEncodedAsync(CancellationToken cancellationToken)
    {
        if (_encoding is null)
        {
            return;
        }

        var segment = await _encoding.WaitAsync(cancellationToken);
        _encoding = null;
        _configuration ??= segment.Configuration;
        if (!segment.Configuration.AsSpan().SequenceEqual(_configuration))
        {
            throw new InvalidDataException("the AV1 encoder changed its configuration in mid-video");
        }

        foreach (byte[] sample in segment.Samples)
        {
            _samples.Add(new Av1Sample(0, sample.Length, FrameDuration, ReferenceEquals(sample, segment.Samples[0])));
            await _samplesData.WriteAsync(sample, cancellationToken);
        }
    }
}
