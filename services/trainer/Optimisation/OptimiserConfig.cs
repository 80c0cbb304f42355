namespace Phenaki.Trainer.Optimisation;

/// <summary>Settings of <see cref="Optimiser"/>.</summary>
internal sealed record OptimiserConfig
{
    /// <summary>Peak learning rate of matrices under Muon, above 0 and at most 1. With <see cref="Muon"/> off they take <see cref="AdamLearningRate"/>.</summary>
    public double LearningRate { get; init; } = 0.003;

    /// <summary>Peak learning rate of everything under AdamW, above 0 and at most 1.</summary>
    public double AdamLearningRate { get; init; } = 0.001;

    /// <summary>True: hidden matrices are moved by Muon, the rest by AdamW. False: AdamW for all.</summary>
    public bool Muon { get; init; } = true;

    /// <summary>Decoupled weight decay of matrices (arXiv 1711.05101), 0 to 1.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest norm of the whole gradient; it is scaled down to it. Above 0.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Steps in which the learning rate rises from 0 to its peak, at least 0.</summary>
    public int WarmupSteps { get; init; } = 60;

    /// <summary>"cosine": falls from the peak to a twentieth of it over all steps. "trapezoid": stays at the peak and falls linearly over <see cref="DecaySteps"/>.</summary>
    public string Schedule { get; init; } = "trapezoid";

    /// <summary>"trapezoid" only: last steps in which the learning rate falls, at least 0.</summary>
    public int DecaySteps { get; init; }

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (var (name, value, low, high) in new[]
        {
            ("learning_rate", LearningRate, 1e-9, 1), ("adam_learning_rate", AdamLearningRate, 1e-9, 1), ("weight_decay", WeightDecay, 0, 1),
            ("clip_norm", ClipNorm, 1e-9, 1e9), ("warmup_steps", WarmupSteps, 0, 1e9), ("decay_steps", DecaySteps, 0, 1e9),
        })
        {
            if (!(value >= low && value <= high))
            {
                yield return $"{name} is {value}; allowed are {low} to {high}";
            }
        }

        if (Schedule is not ("cosine" or "trapezoid"))
        {
            yield return $"schedule is '{Schedule}'; allowed are 'cosine' and 'trapezoid'";
        }
    }

    /// <summary>Part of the peak learning rate at a step.</summary>
    /// <param name="step">Step, from 0.</param>
    /// <param name="steps">Steps in all.</param>
    public double Scale(long step, long steps)
    {
        double warm = WarmupSteps == 0 ? 1 : Math.Min(1, (step + 1.0) / WarmupSteps);
        double fall = Schedule == "cosine"
            ? 0.05 + (0.95 * 0.5 * (1 + Math.Cos(Math.PI * step / steps)))
            : DecaySteps == 0 ? 1 : Math.Clamp((steps - step) / (double)DecaySteps, 0.01, 1);
        return warm * fall;
    }
}
