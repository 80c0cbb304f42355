using System.ComponentModel.DataAnnotations;

namespace Phenaki.MaskedTransformer;

/// <summary>Settings of the masked-transformer service.</summary>
public sealed class MaskedTransformerOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "MaskedTransformer";

    /// <summary>Model folder; default: the model that ships with the repository.</summary>
    public string? Model { get; set; }

    /// <summary>Where the model runs: cpu, cuda, cuda:N, or auto (default), which is CUDA where there is a device.</summary>
    [RegularExpression(@"cpu|cuda(:\d{1,3})?|auto", ErrorMessage = "allowed are cpu, cuda, cuda:N and auto")]
    public string Device { get; set; } = "auto";

    /// <summary>Clips that are waiting or being sampled at the same time; further ones are refused at once; default 64; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxQueue { get; set; } = 64;

    /// <summary>Clips that advance in turn, a step each; further ones wait; default 4; 1 to 1,024. Each holds memory of the device.</summary>
    [Range(1, 1024)]
    public int MaxActive { get; set; } = 4;
}
