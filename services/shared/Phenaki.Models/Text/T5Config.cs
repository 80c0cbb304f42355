namespace Phenaki.Models.Text;

/// <summary>
/// The encoder's half of a T5 configuration, with the keys and defaults of Hugging Face's config.json; keys that are not here are
/// ignored when read. T5: arXiv 1910.10683; the gated variants (v1.1, Flan): arXiv 2002.05202.
/// </summary>
public sealed record T5Config
{
    /// <summary>What <c>model_type</c> is.</summary>
    public const string Type = "t5";

    private const int MaxSize = 1 << 20;

    /// <summary>Always <see cref="Type"/>.</summary>
    public string ModelType { get; init; } = Type;

    /// <summary>Classes that Hugging Face loads such a folder with.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = ["T5EncoderModel"];

    /// <summary>Name of the model; null takes the folder's.</summary>
    public string? Name { get; init; }

    /// <summary>Version of the model, free text.</summary>
    public string? Version { get; init; }

    /// <summary>Rows of the embedding table; at least the tokenizer's pieces.</summary>
    public int VocabSize { get; init; } = 32128;

    /// <summary>Width of an embedding.</summary>
    public int DModel { get; init; } = 512;

    /// <summary>Width of one attention head; heads times this need not be <see cref="DModel"/>.</summary>
    public int DKv { get; init; } = 64;

    /// <summary>Inner width of the feed-forward layers.</summary>
    public int DFf { get; init; } = 2048;

    /// <summary>Number of blocks.</summary>
    public int NumLayers { get; init; } = 6;

    /// <summary>Attention heads.</summary>
    public int NumHeads { get; init; } = 8;

    /// <summary>Buckets of relative positions, even, half of them for each direction; at least 4.</summary>
    public int RelativeAttentionNumBuckets { get; init; } = 32;

    /// <summary>Distance in tokens from which all share the last bucket; above a quarter of the buckets.</summary>
    public int RelativeAttentionMaxDistance { get; init; } = 128;

    /// <summary>Share of activations dropped in training, 0 to below 1.</summary>
    public double DropoutRate { get; init; } = 0.1;

    /// <summary>Added to the mean square before its root is taken; above 0.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-6;

    /// <summary>An activation, or <c>gated-</c> and an activation: relu, gelu, gelu_new, gelu_pytorch_tanh, silu, swish. <c>gated-gelu</c> means the tanh form.</summary>
    public string FeedForwardProj { get; init; } = "relu";

    /// <summary>Overrides whether <see cref="FeedForwardProj"/> is gated, as Hugging Face's loader does; null: it does not.</summary>
    public bool? IsGatedAct { get; init; }

    /// <summary>Overrides the activation of <see cref="FeedForwardProj"/>; null: it does not.</summary>
    public string? DenseActFn { get; init; }

    /// <summary>Most tokens of a text, end-of-sentence included. T5 itself has no limit; this is what it was trained with.</summary>
    public int NPositions { get; init; } = 512;

    internal bool IsGated => IsGatedAct ?? FeedForwardProj.StartsWith(GatedPrefix, StringComparison.Ordinal);

    internal string Activation => DenseActFn
        ?? (FeedForwardProj == "gated-gelu" ? "gelu_new"
            : FeedForwardProj.StartsWith(GatedPrefix, StringComparison.Ordinal) ? FeedForwardProj[GatedPrefix.Length..]
            : FeedForwardProj);

    private const string GatedPrefix = "gated-";

    /// <summary>What is wrong with the values, one line each: key, value, what is allowed; empty when all is well.</summary>
    public IReadOnlyList<string> Violations()
    {
        var violations = new List<string>();
        Check("vocab_size", VocabSize, 3, 1 << 24);
        Check("d_model", DModel, 1, MaxSize);
        Check("d_kv", DKv, 1, MaxSize);
        Check("d_ff", DFf, 1, MaxSize);
        Check("num_layers", NumLayers, 1, 1024);
        Check("num_heads", NumHeads, 1, 1024);
        Check("relative_attention_num_buckets", RelativeAttentionNumBuckets, 4, 1 << 16);
        Check("n_positions", NPositions, 1, MaxSize);
        if (RelativeAttentionNumBuckets % 2 != 0)
        {
            violations.Add($"relative_attention_num_buckets must be even, found {RelativeAttentionNumBuckets}");
        }

        Check("relative_attention_max_distance", RelativeAttentionMaxDistance, (RelativeAttentionNumBuckets / 4) + 1, MaxSize);
        if (DropoutRate is not (>= 0 and < 1))
        {
            violations.Add($"dropout_rate must be 0 to below 1, found {DropoutRate}");
        }

        if (LayerNormEpsilon is not (> 0 and < 1))
        {
            violations.Add($"layer_norm_epsilon must be above 0 and below 1, found {LayerNormEpsilon}");
        }

        if (!T5Activations.IsKnown(Activation))
        {
            violations.Add($"feed_forward_proj must be [gated-]{string.Join('|', T5Activations.Names)}, found '{Activation}'");
        }

        return violations;

        void Check(string key, int value, int least, int most)
        {
            if (value < least || value > most)
            {
                violations.Add($"{key} must be {least} to {most}, found {value}");
            }
        }
    }
}
