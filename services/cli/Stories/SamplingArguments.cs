using System.Globalization;
using Phenaki.Common.V1;

namespace Phenaki.Cli.Stories;

/// <summary>Sampling settings as they were typed; what is null takes the model's default.</summary>
internal sealed record SamplingArguments
{
    /// <summary>Decoding steps of a clip, 1 to 256.</summary>
    public int? Steps { get; init; }

    /// <summary>Guidance scale, 0 to 64.</summary>
    public float? Guidance { get; init; }

    /// <summary>Temperature, 0 to 16.</summary>
    public float? Temperature { get; init; }

    /// <summary>Choice temperature, 0 to 64.</summary>
    public float? ChoiceTemperature { get; init; }

    /// <summary>Says what is wrong, a line for each.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var (name, value, least, most) in new (string, double?, double, double)[]
        {
            ("--steps", Steps, 1, 256), ("--guidance", Guidance, 0, 64), ("--temperature", Temperature, 0, 16),
            ("--choice-temperature", ChoiceTemperature, 0, 64),
        })
        {
            // Written so that NaN is out of range too.
            if (value is { } number && !(number >= least && number <= most))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{name} is {number}; allowed are {least} to {most}.");
            }
        }
    }

    /// <summary>Writes what was set.</summary>
    public SamplingSettings ToWire()
    {
        var wire = new SamplingSettings();
        if (Steps is { } steps)
        {
            wire.Steps = (uint)steps;
        }

        if (Guidance is { } guidance)
        {
            wire.GuidanceScale = guidance;
        }

        if (Temperature is { } temperature)
        {
            wire.Temperature = temperature;
        }

        if (ChoiceTemperature is { } choice)
        {
            wire.ChoiceTemperature = choice;
        }

        return wire;
    }

    /// <summary>What was set, over the model's own defaults.</summary>
    public Models.Masked.SamplingSettings Over(Models.Masked.SamplingSettings defaults) => defaults with
    {
        Steps = Steps ?? defaults.Steps,
        GuidanceScale = Guidance ?? defaults.GuidanceScale,
        Temperature = Temperature ?? defaults.Temperature,
        ChoiceTemperature = ChoiceTemperature ?? defaults.ChoiceTemperature,
    };
}
