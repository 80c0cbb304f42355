namespace Phenaki.Models.Masked;

/// <summary>One clip to sample.</summary>
public sealed record ClipRequest
{
    /// <summary>Embedding of the prompt, [text tokens, text width], row-major.</summary>
    public required float[] TextEmbedding { get; init; }

    /// <summary>Rows of <see cref="TextEmbedding"/>, at least 1.</summary>
    public required int TextTokens { get; init; }

    /// <summary>Embedding of a negative prompt to guide away from; null for the model's own empty text.</summary>
    public float[]? NegativeEmbedding { get; init; }

    /// <summary>Rows of <see cref="NegativeEmbedding"/>.</summary>
    public int NegativeTokens { get; init; }

    /// <summary>Latent frames of the clip, prefix included; 1 to the model's most.</summary>
    public required int LatentFrames { get; init; }

    /// <summary>Known tokens at the start: whole latent frames, fewer than the clip has; may be empty.</summary>
    public int[] PrefixTokens { get; init; } = [];

    /// <summary>Steps, guidance and temperatures.</summary>
    public required SamplingSettings Sampling { get; init; }

    /// <summary>Seed of the story.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Number of the scene, from 0.</summary>
    public uint Scene { get; init; }

    /// <summary>Number of the clip in its scene, from 0.</summary>
    public uint Clip { get; init; }
}
