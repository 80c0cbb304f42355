namespace Phenaki.Models.Masked;

/// <summary>Sizes of a masked transformer (arXiv 2210.02399, section 2.2 and table 7), as in the model folder's config.json.</summary>
public sealed record MaskedTransformerConfig
{
    /// <summary>Most steps that a clip takes in all its <see cref="Stages"/>: two, each with the longest draft and all revisions that a model may have.</summary>
    public const int MaxStepsOfAllStages = 2 * (SamplingSettings.MaxSteps + MaxRevisions);

    private const int MaxRevisions = 64;

    /// <summary>The value of <see cref="ModelType"/>.</summary>
    public const string Type = "maskgit";

    /// <summary>Kind of model; always "maskgit".</summary>
    public string ModelType { get; init; } = Type;

    /// <summary>Name for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>Version for people.</summary>
    public string Version { get; init; } = "";

    /// <summary>Number of codes; the video tokenizer's.</summary>
    public required int CodebookSize { get; init; }

    /// <summary>Parts of a code, the video tokenizer's: each is predicted in the knowledge of those before it (<see cref="ProductCode"/>). Default 1, as in the paper.</summary>
    public int CodeParts { get; init; } = 1;

    /// <summary>Token rows of a latent frame.</summary>
    public required int Rows { get; init; }

    /// <summary>Token columns of a latent frame.</summary>
    public required int Columns { get; init; }

    /// <summary>Most latent frames in a clip.</summary>
    public required int MaxLatentFrames { get; init; }

    /// <summary>Width of the transformer rows; a multiple of <see cref="Heads"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden width of the feed-forward layers.</summary>
    public required int Mlp { get; init; }

    /// <summary>Width of the text encoder's rows.</summary>
    public required int TextWidth { get; init; }

    /// <summary>Most text rows.</summary>
    public int MaxTextTokens { get; init; } = 512;

    /// <summary>Numbers in a code of the video tokenizer: tokens are embedded by a linear map of their codes plus a learned residual. 0, as in the paper, embeds by table alone.</summary>
    public int CodeWidth { get; init; }

    /// <summary>True: scores get a learned bias for each head and each offset in time, row and column. Not in the paper.</summary>
    public bool RelativePositions { get; init; }

    /// <summary>Width of the pooled text that shifts and scales the norms of every layer (arXiv 2212.09748, section 3.2); 0, as in the paper, for none.</summary>
    public int AdaptiveNormWidth { get; init; }

    /// <summary>3x3 convolutions on the token grid, evenly spaced among the layers; 0, as in the paper, for none.</summary>
    public int GridConvolutions { get; init; }

    /// <summary>
    /// True: the first latent frame that is not known is decoded before the rest, which then has it as known tokens: where nothing is known, as a still image. What is drafted
    /// together with all that follows is blurred most where it begins.
    /// </summary>
    public bool StillFirst { get; init; }

    /// <summary>
    /// Steps after the draft (draft and revise, arXiv 2206.04452, section 3.3): each masks a quarter of the tokens again and draws it in the knowledge of all others, at half the
    /// temperature, so that what was drawn when little was known can still change. After four of them each token had its turn. 0 to 64; 0, the default, for none.
    /// </summary>
    public int Revisions { get; init; }

    /// <summary>
    /// Such steps after the draft of a still image, before the rest is drafted after it; with <see cref="StillFirst"/>, in clips without a prefix. They cost little, and what is wrong in
    /// the first frame is wrong in all. 0 to 64; 0, the default, for none.
    /// </summary>
    public int StillRevisions { get; init; }

    /// <summary>Settings that are used where a request sets none.</summary>
    public SamplingSettings DefaultSampling { get; init; } = new();

    /// <summary>Fingerprint of the text encoder in training; empty when any of the right width will do.</summary>
    public string TextEncoderFingerprint { get; init; } = "";

    /// <summary>Fingerprint of the video tokenizer in training; empty when any of the right codebook will do.</summary>
    public string VideoTokenizerFingerprint { get; init; } = "";

    /// <summary>The stages in which a clip is decoded, in their order: with <see cref="StillFirst"/> two, where more than one latent frame is not known.</summary>
    /// <param name="latentFrames">Latent frames of the clip, its prefix included.</param>
    /// <param name="prefixTokens">Tokens that are known.</param>
    /// <param name="steps">Steps that are asked for (<see cref="SamplingSettings.Steps"/>).</param>
    public IReadOnlyList<DecodingStage> Stages(int latentFrames, int prefixTokens, int steps)
    {
        int known = prefixTokens / (Rows * Columns);
        var all = new DecodingStage(latentFrames, steps, Revisions);
        if (!StillFirst || known + 1 >= latentFrames)
        {
            return [all];
        }

        // What comes before it says much about the next latent frame, and a step after a prefix costs nearly as much as one of the whole clip: half of the steps do.
        return [known == 0 ? new DecodingStage(1, steps, StillRevisions) : new DecodingStage(known + 1, (steps + 1) / 2, 0), all];
    }

    /// <summary>Number of codes and their parts.</summary>
    public ProductCode Code() => new(CodebookSize, CodeParts);

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (var (name, value, low, high) in new[]
        {
            ("rows", Rows, 1, 4096), ("columns", Columns, 1, 4096),
            ("max_latent_frames", MaxLatentFrames, 1, 4096), ("width", Width, 1, 65_536), ("layers", Layers, 1, 1024),
            ("heads", Heads, 1, 1024), ("mlp", Mlp, 1, 1 << 20), ("text_width", TextWidth, 1, 65_536), ("max_text_tokens", MaxTextTokens, 1, 65_536),
            ("code_width", CodeWidth, 0, 4096), ("adaptive_norm_width", AdaptiveNormWidth, 0, 65_536), ("grid_convolutions", GridConvolutions, 0, 1024), ("revisions", Revisions, 0, MaxRevisions),
            ("still_revisions", StillRevisions, 0, MaxRevisions),
        })
        {
            if (value < low || value > high)
            {
                yield return $"{name} is {value}; allowed are {low} to {high}";
            }
        }

        foreach (var violation in Code().Violations("code_parts"))
        {
            yield return violation;
        }

        if (StillRevisions > 0 && !StillFirst)
        {
            yield return $"still_revisions is {StillRevisions}; without still_first it must be 0: there is no first frame to revise before the rest";
        }

        if (Heads >= 1 && Width % Heads != 0)
        {
            yield return $"width {Width} is no multiple of heads {Heads}";
        }

        foreach (var (_, message) in DefaultSampling.Violations())
        {
            yield return "default_sampling." + message;
        }
    }
}
