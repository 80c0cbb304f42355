using ImageMagick;
using Phenaki.Fuzzing.Mutations;
using Phenaki.Media;
using Phenaki.Testing;

namespace Phenaki.Fuzzing.Targets;

/// <summary>The readers of pictures and animations: a damaged file is a <see cref="MediaException"/> or is read; there is nothing else.</summary>
internal sealed class ImageTarget : FuzzTarget
{
    private const int Side = 16;
    private const uint Width = 12;
    private const uint Height = 10;

    private readonly TemporaryFolder _folder = new();
    private readonly List<(MagickFormat Format, byte[] File)> _good = [];

    /// <inheritdoc/>
    public override string Name => "images";

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var format in new[]
        {
            MagickFormat.Png, MagickFormat.Png8, MagickFormat.Png48, MagickFormat.Png64, MagickFormat.Jpeg, MagickFormat.Pjpeg, MagickFormat.WebP, MagickFormat.Gif,
            MagickFormat.Bmp, MagickFormat.Bmp3, MagickFormat.Tiff, MagickFormat.Avif,
        })
        {
            using var picture = Picture(0);
            _good.Add((format, picture.ToByteArray(format)));
        }

        foreach (var format in new[] { MagickFormat.Gif, MagickFormat.WebP })
        {
            using var frames = new MagickImageCollection([Picture(0), Picture(3), Picture(6)]);
            _good.Add((format, frames.ToByteArray(format)));
        }

        await CheckAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<string> RunAsync(Random random, CancellationToken cancellationToken)
    {
        var (format, file) = _good[random.Next(_good.Count)];
        var isPng = format.ToString().StartsWith("Png", StringComparison.Ordinal);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            // Chunks can only be told apart while their lengths are whole.
            file = isPng && i == 1 && random.Next(2) == 0 ? PngBytes.Damage(_good.First(good => good.Format == format).File, random) : Bytes.Damage(file, random);
        }

        return $"{format} {(await ReadAsync(file, animated: random.Next(2) == 0, cancellationToken) is null ? "read" : "refused")}";
    }

    /// <inheritdoc/>
    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        foreach (var (format, file) in _good)
        {
            foreach (var animated in new[] { false, true })
            {
                if (await ReadAsync(file, animated, cancellationToken) is { } refusal)
                {
                    throw new FuzzFindingException($"a good {format} is refused: {refusal}");
                }
            }
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static MagickImage Picture(int shift)
    {
        var picture = new MagickImage(MagickColors.SteelBlue, Width, Height);
        using var pixels = picture.GetPixels();
        for (var i = 0; i < 8; i++)
        {
            pixels.SetPixel(i, (i + shift) % (int)Height, [(byte)(i * 30), 200, (byte)(255 - (i * 20))]);
        }

        return picture;
    }

    private async Task<string?> ReadAsync(byte[] bytes, bool animated, CancellationToken cancellationToken)
    {
        var path = _folder.Of("picture");
        await File.WriteAllBytesAsync(path, bytes, cancellationToken);
        try
        {
            if (!animated)
            {
                var still = await ImageReader.ReadAsync(path, Side, Side, FitMode.Crop, cancellationToken);
                return still.Length == Side * Side * 3 ? null : throw new FuzzFindingException($"a frame of {still.Length} bytes");
            }

            // Without ffmpeg: what is handed to it is not ours.
            var options = new VideoReaderOptions { Width = Side, Height = Side, FfmpegPath = _folder.Of("no-ffmpeg") };
            _ = await VideoReader.ReadAsync(path, options, cancellationToken);
            return null;
        }
        catch (MediaException refusal)
        {
            return refusal.Message;
        }
    }
}
