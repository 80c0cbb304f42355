using System.ComponentModel.DataAnnotations;

namespace Phenaki.VideoTokenizer;

/// <summary>Settings of the video-tokenizer service.</summary>
public sealed class VideoTokenizerOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "VideoTokenizer";

    /// <summary>Model folder; default: the model that ships with the repository.</summary>
    public string? Model { get; set; }

    /// <summary>Where the model runs: cpu, cuda, cuda:N, or auto (default), which is CUDA where there is a device.</summary>
    [RegularExpression(@"cpu|cuda(:\d{1,3})?|auto", ErrorMessage = "allowed are cpu, cuda, cuda:N and auto")]
    public string Device { get; set; } = "auto";

    /// <summary>
    /// Videos that are encoded or decoded at the same time; further calls are refused at once; default 16; 1 to 10,000. Each holds keys and values
    /// of its past on the device.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxSessions { get; set; } = 16;
}
