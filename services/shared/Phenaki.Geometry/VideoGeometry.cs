namespace Phenaki.Geometry;

/// <summary>
/// The arithmetic between frames, latent frames, patches and tokens of a video tokenizer that is causal in time
/// (C-ViViT, arXiv 2210.02399, section 2.1): the first frame is a latent frame of its own, every later latent frame holds
/// <see cref="TemporalPatch"/> frames.
/// </summary>
public sealed record VideoGeometry
{
    /// <summary>Creates a geometry.</summary>
    /// <param name="height">Frame height in pixels; a multiple of <paramref name="patchHeight"/>.</param>
    /// <param name="width">Frame width in pixels; a multiple of <paramref name="patchWidth"/>.</param>
    /// <param name="patchHeight">Patch height in pixels, at least 1.</param>
    /// <param name="patchWidth">Patch width in pixels, at least 1.</param>
    /// <param name="temporalPatch">Frames in a latent frame after the first, at least 1.</param>
    /// <exception cref="ArgumentException">A size is below 1, or a frame is no whole number of patches.</exception>
    public VideoGeometry(int height, int width, int patchHeight, int patchWidth, int temporalPatch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(patchHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(patchWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(temporalPatch, 1);
        if (height % patchHeight != 0 || width % patchWidth != 0)
        {
            throw new ArgumentException($"A frame of {height}x{width} pixels is no whole number of patches of {patchHeight}x{patchWidth}.");
        }

        Height = height;
        Width = width;
        PatchHeight = patchHeight;
        PatchWidth = patchWidth;
        TemporalPatch = temporalPatch;
    }

    /// <summary>Frame height in pixels.</summary>
    public int Height { get; }

    /// <summary>Frame width in pixels.</summary>
    public int Width { get; }

    /// <summary>Patch height in pixels.</summary>
    public int PatchHeight { get; }

    /// <summary>Patch width in pixels.</summary>
    public int PatchWidth { get; }

    /// <summary>Frames in a latent frame after the first.</summary>
    public int TemporalPatch { get; }

    /// <summary>Token rows of a latent frame.</summary>
    public int Rows => Height / PatchHeight;

    /// <summary>Token columns of a latent frame.</summary>
    public int Columns => Width / PatchWidth;

    /// <summary>Tokens of a latent frame.</summary>
    public int TokensPerLatentFrame => Rows * Columns;

    /// <summary>Bytes of a frame, 3 for each pixel.</summary>
    public int FrameBytes => Height * Width * 3;

    /// <summary>True when a whole number of latent frames holds exactly this many frames: 1 + n * <see cref="TemporalPatch"/>.</summary>
    public bool IsWholeClip(int frames) => frames >= 1 && (frames - 1) % TemporalPatch == 0;

    /// <summary>Latent frames that hold exactly <paramref name="frames"/> frames.</summary>
    /// <exception cref="ArgumentException">The number is not of the form 1 + n * <see cref="TemporalPatch"/>.</exception>
    public int LatentFrames(int frames) => IsWholeClip(frames)
        ? 1 + ((frames - 1) / TemporalPatch)
        : throw new ArgumentException($"{frames} frames are not 1 + n * {TemporalPatch}.", nameof(frames));

    /// <summary>Fewest latent frames that hold at least <paramref name="frames"/> frames (at least 1).</summary>
    public int LatentFramesCovering(int frames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        return 1 + ((frames - 2 + TemporalPatch) / TemporalPatch);
    }

    /// <summary>Frames in <paramref name="latentFrames"/> latent frames (at least 1).</summary>
    public int Frames(int latentFrames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latentFrames, 1);
        return 1 + ((latentFrames - 1) * TemporalPatch);
    }

    /// <summary>Number of the first frame in latent frame <paramref name="latentFrame"/>, both from 0.</summary>
    public int FirstFrame(int latentFrame) => latentFrame == 0 ? 0 : 1 + ((latentFrame - 1) * TemporalPatch);

    /// <summary>Frames in latent frame <paramref name="latentFrame"/> (from 0).</summary>
    public int FramesIn(int latentFrame) => latentFrame == 0 ? 1 : TemporalPatch;

    /// <summary>Tokens in <paramref name="latentFrames"/> latent frames.</summary>
    public int Tokens(int latentFrames) => latentFrames * TokensPerLatentFrame;

    /// <summary>Largest number of the form 1 + n * <see cref="TemporalPatch"/> that is at most <paramref name="frames"/> (at least 1).</summary>
    public int LargestWholeClip(int frames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        return 1 + ((frames - 1) / TemporalPatch * TemporalPatch);
    }
}
