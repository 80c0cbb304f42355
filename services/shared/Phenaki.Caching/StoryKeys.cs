namespace Phenaki.Caching;

/// <summary>
/// The keys of everything that a story leaves in the cache. A clip's key holds the key of the clip before, so that an edited scene
/// changes its own keys and those of all later clips, and no earlier one.
/// </summary>
/// <remarks>
/// prompt  = H("prompt", encoder fingerprint, normalised text, max tokens, data type)
/// opening = H("opening", height, width, each frame)
/// clip    = H("clip", every field of <see cref="ClipKeyFields"/> in the order of its declaration)
/// and for each of a clip's three values H("tokens" | "frames" | "prefix", clip).
/// </remarks>
public static class StoryKeys
{
    private const byte Version = 1;

    // 2: of the same fields other tokens follow since the latent frame after a prefix is decoded before the rest.
    private const byte ClipVersion = 2;

    /// <summary>Key of an encoded prompt.</summary>
    public static CacheKey Prompt(PromptKeyFields fields)
    {
        using var builder = new CacheKeyBuilder("prompt", Version);
        return builder
            .Add(fields.EncoderFingerprint)
            .Add(PromptText.Normalise(fields.Text))
            .Add(fields.MaxTokens)
            .Add((int)fields.DataType)
            .Build();
    }

    /// <summary>Key of the frames that a story goes on from.</summary>
    /// <param name="height">Frame height in pixels.</param>
    /// <param name="width">Frame width in pixels.</param>
    /// <param name="frames">The frames, 8-bit RGB.</param>
    public static CacheKey OpeningFrames(int height, int width, IEnumerable<ReadOnlyMemory<byte>> frames)
    {
        using var builder = new CacheKeyBuilder("opening", Version);
        builder.Add(height).Add(width);
        foreach (ReadOnlyMemory<byte> frame in frames)
        {
            builder.Add(frame.Span);
        }

        return builder.Build();
    }

    /// <summary>Key of a clip: the name of its place in the story, from which the keys of its values are made.</summary>
    public static CacheKey Clip(ClipKeyFields fields)
    {
        using var builder = new CacheKeyBuilder("clip", ClipVersion);
        return builder
            .Add(fields.TransformerFingerprint)
            .Add(fields.TokenizerFingerprint)
            .Add(fields.Prompt)
            .Add(fields.NegativePrompt)
            .Add(fields.Steps)
            .Add(fields.GuidanceScale)
            .Add(fields.Temperature)
            .Add(fields.ChoiceTemperature)
            .Add(fields.LatentFrames)
            .Add(fields.Rows)
            .Add(fields.Columns)
            .Add(fields.PrefixFrames)
            .Add(fields.PrefixLatentFrames)
            .Add(fields.NewFrames)
            .Add(fields.Seed)
            .Add(fields.Scene)
            .Add(fields.Clip)
            .Add(fields.Before)
            .Build();
    }

    /// <summary>Key of the tokens of a clip.</summary>
    public static CacheKey Tokens(CacheKey clip) => Of("tokens", clip);

    /// <summary>Key of the new frames of a clip.</summary>
    public static CacheKey Frames(CacheKey clip) => Of("frames", clip);

    /// <summary>Key of the tokens that the clip after this one starts with.</summary>
    public static CacheKey Prefix(CacheKey clip) => Of("prefix", clip);

    private static CacheKey Of(string kind, CacheKey clip)
    {
        using var builder = new CacheKeyBuilder(kind, Version);
        return builder.Add(clip).Build();
    }
}
