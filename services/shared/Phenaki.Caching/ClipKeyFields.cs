namespace Phenaki.Caching;

/// <summary>Everything that a clip's tokens and frames depend on. The text encoder is in it by way of the prompt's key.</summary>
public sealed record ClipKeyFields
{
    /// <summary>Fingerprint of the masked transformer.</summary>
    public required string TransformerFingerprint { get; init; }

    /// <summary>Fingerprint of the video tokenizer.</summary>
    public required string TokenizerFingerprint { get; init; }

    /// <summary>Key of the prompt, style included.</summary>
    public required CacheKey Prompt { get; init; }

    /// <summary>Key of the negative prompt; null without one.</summary>
    public CacheKey? NegativePrompt { get; init; }

    /// <summary>Sampling steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Guidance scale.</summary>
    public required float GuidanceScale { get; init; }

    /// <summary>Temperature of the tokens.</summary>
    public required float Temperature { get; init; }

    /// <summary>Choice temperature: noise on the confidence.</summary>
    public required float ChoiceTemperature { get; init; }

    /// <summary>Latent frames of the clip, prefix included.</summary>
    public required int LatentFrames { get; init; }

    /// <summary>Token rows of a latent frame.</summary>
    public required int Rows { get; init; }

    /// <summary>Token columns of a latent frame.</summary>
    public required int Columns { get; init; }

    /// <summary>K: frames that are encoded again as the start of the next clip.</summary>
    public required int PrefixFrames { get; init; }

    /// <summary>Known latent frames at the start of this clip; 0 for a first clip.</summary>
    public required int PrefixLatentFrames { get; init; }

    /// <summary>New frames that this clip adds to the story.</summary>
    public required int NewFrames { get; init; }

    /// <summary>Seed of the story.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Number of the scene in the story, from 0.</summary>
    public required uint Scene { get; init; }

    /// <summary>Number of the clip in the scene, from 0.</summary>
    public required uint Clip { get; init; }

    /// <summary>Key of the clip before, of the opening frames (<see cref="StoryKeys.OpeningFrames"/>), or null where nothing comes before.</summary>
    public CacheKey? Before { get; init; }
}
