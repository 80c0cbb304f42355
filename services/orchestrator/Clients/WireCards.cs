using Phenaki.Caching;
using Phenaki.Common.V1;
using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Clients;

/// <summary>Between the model descriptions of the wire and ours.</summary>
internal static class WireCards
{
    /// <summary>Reads which model a service serves.</summary>
    public static ModelCard ToCard(this ModelInfo? info) =>
        info is null ? new("", "", "", 0) : new(info.Name, info.Version, info.Fingerprint, info.Parameters);

    /// <summary>Writes which model a service serves.</summary>
    public static ModelInfo ToWire(this ModelCard card) =>
        new() { Name = card.Name, Version = card.Version, Fingerprint = card.Fingerprint, Parameters = card.Parameters };

    /// <summary>Reads settings that are all set.</summary>
    public static ClipSampling ToSampling(this SamplingSettings? settings) => settings is null
        ? new(0, 0, 0, 0)
        : new(Number(settings.Steps), settings.GuidanceScale, settings.Temperature, settings.ChoiceTemperature);

    /// <summary>Writes settings, every one of them, so that no default of the service comes into play.</summary>
    public static SamplingSettings ToWire(this ClipSampling sampling) => new()
    {
        Steps = (uint)sampling.Steps,
        GuidanceScale = sampling.GuidanceScale,
        Temperature = sampling.Temperature,
        ChoiceTemperature = sampling.ChoiceTemperature,
    };

    /// <summary>Writes an element type of embeddings.</summary>
    public static DataType ToWire(this CacheDataType type) => type == CacheDataType.BFloat16 ? DataType.Bfloat16 : DataType.Float32;

    /// <summary>Reads a size; one beyond what we can count is as wrong as any other and is found by the comparison of the models.</summary>
    public static int Number(uint value) => (int)Math.Min(value, int.MaxValue);
}
