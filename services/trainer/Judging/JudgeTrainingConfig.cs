using Phenaki.Trainer.Optimisation;

namespace Phenaki.Trainer.Judging;

/// <summary>Settings of the judge's training.</summary>
internal sealed record JudgeTrainingConfig
{
    /// <summary>Sizes.</summary>
    public JudgeConfig Model { get; init; } = new();

    /// <summary>Optimiser and schedule.</summary>
    public OptimiserConfig Optimiser { get; init; } = new();

    /// <summary>Seed of weights and clips; other than those of the models that are judged.</summary>
    public ulong Seed { get; init; } = 77;

    /// <summary>Steps, at least 1.</summary>
    public required long Steps { get; init; }

    /// <summary>Clips in a step, 1 to 4096.</summary>
    public int ClipsPerStep { get; init; } = 32;

    /// <summary>Minutes between checkpoints, above 0.</summary>
    public double SaveMinutes { get; init; } = 5;

    /// <summary>All that must not change when a run goes on: a run may be made longer or shorter.</summary>
    public JudgeTrainingConfig WithoutLength() => this with { Steps = 0, SaveMinutes = 0, Optimiser = Optimiser with { DecaySteps = 0 } };

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (var violation in Optimiser.Violations())
        {
            yield return "optimiser." + violation;
        }

        foreach (var (name, value, low, high) in new[]
        {
            ("steps", Steps, 1d, 1e9), ("clips_per_step", ClipsPerStep, 1, 4096), ("save_minutes", SaveMinutes, 1e-3, 1e4),
            ("model.channels", Model.Channels, 8, 1024), ("model.features", Model.Features, 1, 4096),
        })
        {
            if (!(value >= low && value <= high))
            {
                yield return $"{name} is {value}; allowed are {low} to {high}";
            }
        }

        if (Model.Channels % 8 != 0)
        {
            yield return $"model.channels is {Model.Channels}; it must be a multiple of 8";
        }
    }
}
