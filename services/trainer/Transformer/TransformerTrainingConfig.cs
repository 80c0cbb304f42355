using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Optimisation;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Training;

namespace Phenaki.Trainer.Transformer;

/// <summary>Settings of the training of a masked transformer together with its text encoder.</summary>
internal sealed record TransformerTrainingConfig
{
    /// <summary>Sizes of the masked transformer. Fingerprints are filled in when it is written.</summary>
    public required MaskedTransformerConfig Model { get; init; }

    /// <summary>Sizes of the text encoder, which learns with the transformer. Its vocabulary is made from the captions.</summary>
    public required T5Config TextEncoder { get; init; }

    /// <summary>Optimiser and schedule.</summary>
    public OptimiserConfig Optimiser { get; init; } = new();

    /// <summary>Seed of the weights, the data, the masks and the text drop.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps in all, at least 1.</summary>
    public required long Steps { get; init; }

    /// <summary>Clips and stills in a step, by phase; at least one phase, the first from step 0.</summary>
    public required IReadOnlyList<TrainingPhase> Phases { get; init; }

    /// <summary>Part of the samples whose text is dropped, which trains guidance (arXiv 2210.02399, section 2.2: 0.1), 0 to 1.</summary>
    public double TextDrop { get; init; } = 0.1;

    /// <summary>Which samples show what the network guesses, so that it learns to put right what it drew; null, the default, for none.</summary>
    public GuessingConfig? Guessing { get; init; }

    /// <summary>Frames that a story's next clip starts from (K; arXiv 2210.02399, section 2.3: 5), 1 + n * temporal patch.</summary>
    public int PrefixFrames { get; init; } = 5;

    /// <summary>Clips of the user's own to learn from; null, the default, draws StoryWorld.</summary>
    public DataConfig? Data { get; init; }

    /// <summary>What is drawn where <see cref="Data"/> is null.</summary>
    public WorldConfig World { get; init; } = new();

    /// <summary>Learn tokens in which subjects look the same wherever they stand (<see cref="LayerTokens"/>) in place of those that the video tokenizer gives for whole pictures; null, the default, for none.</summary>
    public LayersConfig? Layers { get; init; }

    /// <summary>Folder of a model (its text-encoder and masked-transformer) that the run begins with instead of random weights; null begins with nothing. A command line may name another. A run that goes on must have begun with the same.</summary>
    public string? From { get; init; }

    /// <summary>Batches of a step, 1 to 4096: their gradients add up to those of one batch that is so many times as large, in the memory of one. Default 1.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Part of the mean over the weights of all steps that stays at each step, 0 to 0.9999999; the mean is what is exported and sampled. 0, the default, exports the last weights.</summary>
    public double EmaDecay { get; init; }

    /// <summary>What passes of the masked transformer compute in (<see cref="Models.Precision"/>): "auto", the default, "float32" or "bfloat16".</summary>
    public string Precision { get; init; } = Models.Precision.Auto;

    /// <summary>Minutes between checkpoints, above 0.</summary>
    public double SaveMinutes { get; init; } = 5;

    /// <summary>The phase of a step.</summary>
    public TrainingPhase PhaseAt(long step) => Phases.Last(phase => phase.FromStep <= step);

    /// <summary>Says in which fields these settings do not fit a video tokenizer; nothing when all is well.</summary>
    public IEnumerable<string> Mismatches(VideoTokenizerConfig video)
    {
        var geometry = video.Geometry();
        foreach (string mismatch in TokenSizes.Mismatches(Model, video))
        {
            yield return "model." + mismatch;
        }

        if (!geometry.IsWholeClip(PrefixFrames) || geometry.LatentFrames(PrefixFrames) >= Model.MaxLatentFrames)
        {
            yield return $"prefix_frames is {PrefixFrames}; allowed are 1 + n * {geometry.TemporalPatch} in fewer latent frames than model.max_latent_frames, {Model.MaxLatentFrames}";
        }
    }

    /// <summary>Clips and stills that all steps before a step drew.</summary>
    public (long Clips, long Stills) DrawnBefore(long step)
    {
        long clips = 0, stills = 0;
        foreach (var (phase, end) in Phases.Zip(Phases.Skip(1).Select(next => next.FromStep).Append(long.MaxValue)))
        {
            long steps = Math.Max(0, Math.Min(step, end) - phase.FromStep) * Accumulate;
            (clips, stills) = (clips + (steps * phase.Clips), stills + (steps * phase.Stills));
        }

        return (clips, stills);
    }

    /// <summary>All that must not change when a run goes on: a run may be made longer or shorter.</summary>
    public TransformerTrainingConfig WithoutLength() => this with { Steps = 0, SaveMinutes = 0, Optimiser = Optimiser with { DecaySteps = 0 } };

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

        foreach (var violation in Layers?.Violations(isDrawn: Data is null) ?? [])
        {
            yield return violation;
        }

        if (Layers?.Decoded > 0)
        {
            yield return $"layers.decoded is {Layers.Decoded}, but a transformer decodes nothing while it learns; allowed is 0";
        }

        foreach (var violation in Guessing?.Violations() ?? [])
        {
            yield return "guessing." + violation;
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
            ("steps", Steps, 1d, 1e9), ("text_drop", TextDrop, 0, 1), ("prefix_frames", PrefixFrames, 1, 1000),
            ("ema_decay", EmaDecay, 0, 0.9999999), ("accumulate", Accumulate, 1, 4096),
            ("save_minutes", SaveMinutes, 1e-3, 1e4),
        })
        {
            if (!(value >= low && value <= high))
            {
                yield return $"{name} is {value}; allowed are {low} to {high}";
            }
        }

        if (Phases.Count == 0 || Phases[0].FromStep != 0)
        {
            yield return "phases must begin with from_step 0";
        }

        if (Phases.Any(phase => phase.Clips < 0 || phase.Stills < 0 || phase.Clips + phase.Stills < 1 || (long)(phase.Clips + phase.Stills) * Accumulate > 4096))
        {
            yield return "every phase needs 1 to 4096 clips and stills together, over all batches of a step";
        }

        if (TextEncoder.DModel != Model.TextWidth)
        {
            yield return $"text_encoder.d_model is {TextEncoder.DModel}, model.text_width {Model.TextWidth}; they must be equal";
        }

        if (TextEncoder.DropoutRate != 0)
        {
            yield return $"text_encoder.dropout_rate is {TextEncoder.DropoutRate}; only 0 lets a resumed run repeat an uninterrupted one";
        }
    }
}
