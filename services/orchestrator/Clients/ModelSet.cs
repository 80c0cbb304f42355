using Phenaki.Caching;
using Phenaki.Geometry;
using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Clients;

/// <summary>Three models that fit each other, and what follows from them. <see cref="ModelCompatibility"/> makes it.</summary>
internal sealed record ModelSet
{
    /// <summary>Most bytes of an embedding: prompt and negative prompt share a message of 4 MiB with the prefix tokens.</summary>
    private const int EmbeddingBytes = 1_800_000;

    /// <summary>The text encoder.</summary>
    public required TextEncoderCard TextEncoder { get; init; }

    /// <summary>The video tokenizer.</summary>
    public required VideoTokenizerCard VideoTokenizer { get; init; }

    /// <summary>The masked transformer.</summary>
    public required MaskedTransformerCard MaskedTransformer { get; init; }

    /// <summary>Geometry of the video tokenizer.</summary>
    public required VideoGeometry Geometry { get; init; }

    /// <summary>Most latent frames of a clip, prefix included.</summary>
    public required int ClipLatentFrames { get; init; }

    /// <summary>K: most frames that are encoded again as the start of a clip.</summary>
    public required int PrefixFrames { get; init; }

    /// <summary>Tokens kept of a prompt: what the encoder and the transformer take, and what fits twice into a message of SampleTokens.</summary>
    public int PromptTokens => Math.Min(
        Math.Min(TextEncoder.MaxTokens, MaskedTransformer.MaxTextTokens), EmbeddingBytes / (TextEncoder.Width * sizeof(ushort)));

    /// <summary>Element type that embeddings travel in: exact, unless two of them would not fit into a message of SampleTokens.</summary>
    public CacheDataType EmbeddingType =>
        PromptTokens * TextEncoder.Width * sizeof(float) <= EmbeddingBytes ? CacheDataType.Float32 : CacheDataType.BFloat16;

    /// <summary>Cuts stories into clips of these models.</summary>
    public StoryPlanner Planner => new(Geometry, ClipLatentFrames, PrefixFrames);

    /// <summary>True when the other three give the same results.</summary>
    public bool HasSameModels(ModelSet other) =>
        TextEncoder.Model.Fingerprint == other.TextEncoder.Model.Fingerprint
        && VideoTokenizer.Model.Fingerprint == other.VideoTokenizer.Model.Fingerprint
        && MaskedTransformer.Model.Fingerprint == other.MaskedTransformer.Model.Fingerprint;
}
