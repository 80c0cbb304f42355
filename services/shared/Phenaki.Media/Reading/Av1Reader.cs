using Phenaki.Media.Iso;

namespace Phenaki.Media.Reading;

/// <summary>Reads AV1 in MP4, as this project writes it, without any system package: from key frame to key frame.</summary>
internal static class Av1Reader
{
    private const int MaxSegmentFrames = 512;

    /// <returns>Null where the file is no MP4 with AV1 and key frames at reasonable distances: ffmpeg reads those.</returns>
    public static async Task<TimedFrames?> TryReadAsync(MediaPart part, FrameFitter fitter, VideoReaderOptions options, CancellationToken cancellationToken)
    {
        await using var file = MediaFile.Open(part);
        if (Av1Track.Read(file) is not { } track || !track.Samples[0].IsSync)
        {
            return null;
        }

        if (track.Samples.Count > options.MaxFrames)
        {
            throw new MediaException(part.Name, $"has {track.Samples.Count} frames; at most {options.MaxFrames} are read.");
        }

        if ((long)track.Width * track.Height > ImageReader.MaxPixels)
        {
            throw new MediaException(part.Name, $"has frames of {track.Width}x{track.Height} pixels; at most {ImageReader.MaxPixels} pixels are read.");
        }

        var frames = new List<byte[]>(track.Samples.Count);
        for (int start = 0; start < track.Samples.Count;)
        {
            int end = start + 1;
            while (end < track.Samples.Count && !track.Samples[end].IsSync)
            {
                end++;
            }

            if (end - start > MaxSegmentFrames || (long)(end - start) * track.Width * track.Height > options.MaxPixelsTogether)
            {
                return null;
            }

            var samples = new List<byte[]>(end - start);
            foreach (var sample in track.Samples.Skip(start).Take(end - start))
            {
                if (sample.Size > MediaFile.MaxBytes)
                {
                    throw new InvalidDataException($"frame {start + samples.Count} has {sample.Size} bytes; at most {MediaFile.MaxBytes} are allowed");
                }

                var bytes = new byte[sample.Size];
                file.Position = sample.Offset;
                await file.ReadExactlyAsync(bytes, cancellationToken);
                samples.Add(bytes);
            }

            var segment = new Av1Segment(track.Configuration.ToArray(), samples);
            frames.AddRange(await Task.Run(() => segment.Decode(track.Width, track.Height, fitter.Fit, cancellationToken), cancellationToken));
            start = end;
        }

        return new TimedFrames(frames, [.. track.Samples.Select(sample => Math.Max(1, sample.Duration) / (double)track.Timescale)]);
    }
}
