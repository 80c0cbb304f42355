using System.Text.Json.Serialization;
using Phenaki.Models;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Optimisation;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>Settings of a tokenizer's training.</summary>
internal sealed record TokenizerTrainingConfig
{
    /// <summary>Sizes of the network.</summary>
    public required VideoTokenizerConfig Model { get; init; }

    /// <summary>Optimiser and schedule.</summary>
    public OptimiserConfig Optimiser { get; init; } = new();

    /// <summary>Seed of the weights and the data.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps in all, at least 1.</summary>
    public required long Steps { get; init; }

    /// <summary>Whole clips in a step, 0 to 1024.</summary>
    public int ClipsPerStep { get; init; } = 4;

    /// <summary>Still images, one-frame videos, in a step, 0 to 4096.</summary>
    public int StillsPerStep { get; init; } = 12;

    /// <summary>First steps without quantisation; the codebook then starts from k-means over what the encoder gives. "vq" only. 0 with <see cref="From"/> keeps the codes of the given model.</summary>
    public int UnquantisedSteps { get; init; } = 200;

    /// <summary>Encoder rows for k-means, at least the codebook size.</summary>
    public int KMeansRows { get; init; } = 50_000;

    /// <summary>Weight of a pixel in the subject's box; other pixels count 1. 1 to 100.</summary>
    public double SubjectWeight { get; init; } = 4;

    /// <summary>
    /// Weight that a pixel of the subject's own art has beside <see cref="SubjectWeight"/>, times how faint the art is: errors that would not be seen on a penguin hide
    /// the face of a dog. 0, the default, to 100. StoryWorld alone.
    /// </summary>
    public double FaintWeight { get; init; }

    /// <summary>Weight of the squared error beside the absolute error, at least 0.</summary>
    public double SquaredWeight { get; init; } = 2;

    /// <summary>Weight of the distance between encoder rows and their codes (arXiv 1711.00937, equation 3), at least 0.</summary>
    public double Commitment { get; init; } = 0.1;

    /// <summary>Weight of the distance as a trained network sees it (<see cref="PerceptualLoss"/>), 0 to 1,000; 0, the default, for none.</summary>
    public double PerceptualWeight { get; init; }

    /// <summary>Weight of the adversarial loss (<see cref="AdversarialLoss"/>), 0 to 1,000; 0, the default, for none.</summary>
    public double AdversarialWeight { get; init; }

    /// <summary>First step with the adversarial loss, at least 0: reconstructions should be good already. Default 1,000.</summary>
    public int AdversarialFromStep { get; init; } = 1000;

    /// <summary>Channels of the discriminator's first layer, 1 to 1,024. Default 32.</summary>
    public int DiscriminatorChannels { get; init; } = 32;

    /// <summary>Decay of the codebook's exponential mean, 0 to 1; 0 trains the codebook by gradient instead.</summary>
    public double CodebookDecay { get; init; } = 0.99;

    /// <summary>Clips of the user's own to learn from; null, the default, draws StoryWorld.</summary>
    public DataConfig? Data { get; init; }

    /// <summary>What is drawn where <see cref="Data"/> is null.</summary>
    public WorldConfig World { get; init; } = new();

    /// <summary>Folder of a video tokenizer that the run begins with instead of random weights; null begins with nothing. A command line may name another. A run that goes on must have begun with the same.</summary>
    public string? From { get; init; }

    /// <summary>Learn the decoder alone: the tokens of a video stay those of the model in <see cref="From"/>, and a transformer that was trained on them goes on with them. Default false.</summary>
    public bool DecoderOnly { get; init; }

    /// <summary>Redraws some tokens with a masked transformer before the decoder sees them (<see cref="TokenRedraw"/>); null, the default, for none. With <see cref="DecoderOnly"/> alone.</summary>
    public RedrawConfig? Redraw { get; init; }

    /// <summary>
    /// Learn from tokens in which subjects look the same wherever they stand (<see cref="LayerTokens"/>): with <see cref="DecoderOnly"/> the decoder to draw them, else the encoder, and nothing but
    /// it, to give them. The codes stay those of the teacher. Null, the default, for none.
    /// </summary>
    public LayersConfig? Layers { get; init; }

    /// <summary>Batches of a step, 1 to 4096: their gradients add up to those of one batch that is so many times as large, in the memory of one. Default 1.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Part of the mean over the weights of all steps that stays at each step, 0 to 0.9999999; the mean is what is exported and sampled. 0, the default, exports the last weights.</summary>
    public double EmaDecay { get; init; }

    /// <summary>What passes compute in (<see cref="Models.Precision"/>): "auto", the default, "float32" or "bfloat16".</summary>
    public string Precision { get; init; } = Models.Precision.Auto;

    /// <summary>Minutes between checkpoints, above 0.</summary>
    public double SaveMinutes { get; init; } = 5;

    /// <summary>True where the encoder learns to give the tokens of <see cref="Layers"/>, and nothing is decoded.</summary>
    [JsonIgnore]
    public bool LearnsTokens => Layers is not null && !DecoderOnly;

    /// <summary>All that must not change when a run goes on: a run may be made longer or shorter.</summary>
    public TokenizerTrainingConfig WithoutLength() => this with { Steps = 0, SaveMinutes = 0, Optimiser = Optimiser with { DecaySteps = 0 } };

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (var violation in Model.Violations())
        {
            yield return "model." + violation;
        }

        foreach (var violation in Data?.Violations() ?? [])
        {
            yield return "data." + violation;
        }

        foreach (var violation in World.Violations(isDrawn: Data is null))
        {
            yield return violation;
        }

        foreach (var violation in Redraw?.Violations() ?? [])
        {
            yield return "redraw." + violation;
        }

        foreach (var violation in Layers?.Violations(isDrawn: Data is null) ?? [])
        {
            yield return violation;
        }

        foreach (var violation in Optimiser.Violations())
        {
            yield return "optimiser." + violation;
        }

        foreach (var violation in Models.Precision.Violations(Precision))
        {
            yield return violation;
        }

        foreach (var (name, value, low, high) in new[]
        {
            ("steps", Steps, 1d, 1e9), ("clips_per_step", ClipsPerStep, 0, 1024), ("stills_per_step", StillsPerStep, 0, 4096),
            ("unquantised_steps", UnquantisedSteps, 0, 1e9), ("k_means_rows", KMeansRows, new ProductCode(Model.Quantizer.CodebookSize, Model.Quantizer.Parts).PartSize, 1e8),
            ("subject_weight", SubjectWeight, 1, 100), ("faint_weight", FaintWeight, 0, 100), ("squared_weight", SquaredWeight, 0, 1e3), ("commitment", Commitment, 0, 1e3),
            ("perceptual_weight", PerceptualWeight, 0, 1e3), ("adversarial_weight", AdversarialWeight, 0, 1e3),
            ("adversarial_from_step", AdversarialFromStep, 0, 1e9), ("discriminator_channels", DiscriminatorChannels, 1, 1024),
            ("codebook_decay", CodebookDecay, 0, 1), ("ema_decay", EmaDecay, 0, 0.9999999), ("accumulate", Accumulate, 1, 4096), ("save_minutes", SaveMinutes, 1e-3, 1e4),
        })
        {
            if (!(value >= low && value <= high))
            {
                yield return $"{name} is {value}; allowed are {low} to {high}";
            }
        }

        if ((DecoderOnly || Layers is not null) && UnquantisedSteps > 0)
        {
            yield return $"unquantised_steps is {UnquantisedSteps}; with {(DecoderOnly ? "decoder_only" : "layers")} it must be 0: the codebook stays as it is";
        }

        if (Layers is not null && Model.Quantizer.Type != "vq")
        {
            yield return $"layers is set, but model.quantizer.type is {Model.Quantizer.Type}; allowed is vq";
        }

        if (Layers is not null && Redraw is not null)
        {
            yield return "layers and redraw are set; allowed is one of the two";
        }

        if (DecoderOnly && Layers?.Decoded > 0)
        {
            yield return $"layers.decoded is {Layers.Decoded}; with decoder_only no encoder learns; allowed is 0";
        }

        if (LearnsTokens && (PerceptualWeight > 0 || AdversarialWeight > 0 || Layers!.Own > 0))
        {
            yield return "perceptual_weight, adversarial_weight or layers.own is above 0, but with layers and without decoder_only nothing is decoded; allowed is 0";
        }

        if (FaintWeight > 0 && SubjectWeight <= 1)
        {
            yield return $"faint_weight is {FaintWeight}, but subject_weight 1: where subjects count no more than the rest, so does their art; allowed are a subject_weight above 1, or a faint_weight of 0";
        }

        if (Redraw is not null && !DecoderOnly)
        {
            yield return "redraw is set, but decoder_only is not: a masked transformer knows the tokens of a finished encoder alone";
        }

        if (ClipsPerStep + StillsPerStep < 1)
        {
            yield return "clips_per_step and stills_per_step are both 0; a step needs data";
        }

        if ((long)Math.Max(ClipsPerStep, StillsPerStep) * Accumulate > 4096)
        {
            yield return $"clips_per_step and stills_per_step times accumulate are {(long)Math.Max(ClipsPerStep, StillsPerStep) * Accumulate}; at most 4096 are drawn in a step";
        }
    }
}
