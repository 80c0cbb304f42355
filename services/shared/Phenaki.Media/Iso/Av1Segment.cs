using ImageMagick;

namespace Phenaki.Media.Iso;

/// <summary>
/// Some consecutive frames in AV1 that are decoded on their own. The picture library has the AV1 encoder and decoder, but speaks
/// AVIF alone; a sequence of AVIF pictures and an AV1 video hold the same data.
/// </summary>
internal sealed record Av1Segment(byte[] Configuration, IReadOnlyList<byte[]> Samples)
{
    /// <summary>Encodes frames of width * height * 3 bytes; the first becomes a key frame.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Av1Segment Encode(
        IReadOnlyList<byte[]> frames, int width, int height, int quality, bool fullChroma, CancellationToken cancellationToken)
    {
        using var images = new MagickImageCollection();

        // A single picture would be written as a still AVIF, without a track: it is encoded twice and taken once.
        foreach (byte[] frame in frames.Count == 1 ? [frames[0], frames[0]] : frames)
        {
            var image = RgbImage.Create(frame, width, height);
            image.AnimationTicksPerSecond = 1;
            image.AnimationDelay = 1;
            image.Quality = (uint)quality;
            image.Settings.SetDefine("heic:chroma", fullChroma ? "444" : "420");
            image.Progress += (_, progress) => progress.Cancel = cancellationToken.IsCancellationRequested;
            images.Add(image);
        }

        cancellationToken.ThrowIfCancellationRequested();
        byte[] avif = images.ToByteArray(MagickFormat.Avif);
        cancellationToken.ThrowIfCancellationRequested();

        using var stream = new MemoryStream(avif, writable: false);
        var track = Av1Track.Read(stream);
        if (track is null || track.Samples.Count < frames.Count || track.Width != width || track.Height != height)
        {
            throw new InvalidDataException(
                $"the AV1 encoder gave {track?.Samples.Count ?? 0} frames of {track?.Width}x{track?.Height} where {frames.Count} of {width}x{height} went in");
        }

        byte[][] samples = [.. track.Samples.Take(frames.Count).Select(sample =>
            Av1Bitstream.WithoutTemporalDelimiters(avif.AsSpan((int)sample.Offset, sample.Size)))];
        return new Av1Segment(Av1Bitstream.Configuration(track.Configuration.Span, samples[0]), samples);
    }

    /// <summary>Decodes the frames, and turns each into bytes with <paramref name="toRgb"/>.</summary>
    /// <exception cref="InvalidDataException">The data are damaged.</exception>
    public IReadOnlyList<byte[]> Decode(int width, int height, Func<IMagickImage<byte>, byte[]> toRgb, CancellationToken cancellationToken)
    {
        Av1Sample[] samples = [.. Samples.Select((sample, i) => new Av1Sample(0, sample.Length, 1, i == 0))];
        byte[] header = Av1MovieWriter.Header(width, height, 1, Configuration, samples, asPictures: true);
        byte[] avif = [.. header, .. Samples.SelectMany(sample => sample)];

        using var images = RgbImage.ReadAll(avif, MagickFormat.Avif, Samples.Count, cancellationToken);
        if (images.Count != Samples.Count || images[0].Width != width || images[0].Height != height)
        {
            throw new InvalidDataException($"{images.Count} of {Samples.Count} AV1 frames could be decoded");
        }

        return [.. images.Select(toRgb)];
    }
}
