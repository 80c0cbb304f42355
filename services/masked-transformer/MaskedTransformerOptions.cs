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

    /// <summary>
    /// What the model computes in: float32 (default), bfloat16, or auto, which is bfloat16 on a GPU. In bfloat16 it needs half the memory and is many times as fast on a GPU
    /// but no faster on a CPU; it gives other tokens, and names itself by another fingerprint, so that caches keep the two apart. All replicas need the same.
    /// </summary>
    [RegularExpression("float32|bfloat16|auto", ErrorMessage = "allowed are float32, bfloat16 and auto")]
    public string Precision { get; set; } = "float32";

    /// <summary>Clips that are waiting or being sampled at the same time; further ones are refused at once; default 64; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxQueue { get; set; } = 64;

    /// <summary>Clips that advance together, a step each; further ones wait; default 4; 1 to 1,024. Each holds memory of the device.</summary>
    [Range(1, 1024)]
    public int MaxActive { get; set; } = 4;

    /// <summary>
    /// Clips of the same grid that share a forward pass; 0 to 1,024. Default 0: found at the start by trying, up to <see cref="MaxActive"/>; on a CPU only where the
    /// tokens stay the same.
    /// </summary>
    [Range(0, 1024)]
    public int MaxClipsPerForward { get; set; }

    /// <summary>Most megabytes for the intermediate results of a forward pass that <see cref="MaxClipsPerForward"/> 0 may choose; default 2,048; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int BatchMegabytes { get; set; } = 2048;
}
