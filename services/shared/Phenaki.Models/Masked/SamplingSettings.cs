namespace Phenaki.Models.Masked;

/// <summary>How tokens are sampled (MaskGIT, arXiv 2202.04200, section 3.2; Phenaki, 2210.02399, section 2.3).</summary>
public sealed record SamplingSettings
{
    /// <summary>Most decoding steps that can be asked for.</summary>
    public const int MaxSteps = 256;

    /// <summary>Decoding steps, 1 to 256. What a model takes beside them is in its <see cref="MaskedTransformerConfig.Stages"/>.</summary>
    public int Steps { get; init; } = 12;

    /// <summary>Classifier-free guidance scale, 0 to 64: 1 follows the prompt without amplification.</summary>
    public float GuidanceScale { get; init; } = 3;

    /// <summary>Softmax temperature of the token distribution, 0 to 16: 0 takes the most probable token.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Strength of the Gumbel noise on the confidence, 0 to 64; it falls linearly to 0 over the steps.</summary>
    public float ChoiceTemperature { get; init; } = 4.5f;

    /// <summary>Says what is wrong: the field and a message with the value and what is allowed; nothing when all is well.</summary>
    public IEnumerable<(string Field, string Message)> Violations()
    {
        if (Steps is < 1 or > MaxSteps)
        {
            yield return ("steps", $"steps is {Steps}; allowed are 1 to {MaxSteps}");
        }

        foreach (var (name, value, most) in new[]
        {
            ("guidance_scale", GuidanceScale, 64f), ("temperature", Temperature, 16f), ("choice_temperature", ChoiceTemperature, 64f),
        })
        {
            if (!(value >= 0 && value <= most))
            {
                yield return (name, $"{name} is {value}; allowed are 0 to {most}");
            }
        }
    }
}
