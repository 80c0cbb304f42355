using System.ComponentModel.DataAnnotations;

namespace Phenaki.TextEncoder;

/// <summary>Settings of the text-encoder service.</summary>
public sealed class TextEncoderOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "TextEncoder";

    /// <summary>Model folder in the layout of Hugging Face; default: the model that ships with the repository.</summary>
    public string? Model { get; set; }

    /// <summary>Where the model runs: cpu, cuda, cuda:N, or auto (default), which is CUDA where there is a device.</summary>
    [RegularExpression(@"cpu|cuda(:\d{1,3})?|auto", ErrorMessage = "allowed are cpu, cuda, cuda:N and auto")]
    public string Device { get; set; } = "auto";

    /// <summary>Prompts that are waiting or being encoded at the same time, over all streams; further ones are refused at once; default 1,024; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxQueue { get; set; } = 1024;

    /// <summary>Most tokens, by estimate, in a batch; a longer prompt is a batch of its own; default 1,024; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxBatchTokens { get; set; } = 1024;

    /// <summary>Most prompts in a batch; default 32; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int MaxBatchPrompts { get; set; } = 32;

    /// <summary>Longest wait of a prompt for others to fill its batch, in milliseconds; default 2; 0 to 1,000.</summary>
    [Range(0, 1000)]
    public int BatchWaitMilliseconds { get; set; } = 2;

    /// <summary>Prompts of one stream that are encoded at the same time; the next is read when one is done; default 64; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int MaxInFlightPerStream { get; set; } = 64;

    /// <summary>Prompts in one stream; default 10,000; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxPromptsPerStream { get; set; } = 10_000;
}
