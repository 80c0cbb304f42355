using System.ComponentModel.DataAnnotations;

namespace Phenaki.Serving;

/// <summary>Settings of a <see cref="StepScheduler"/>.</summary>
public sealed class StepSchedulerOptions
{
    /// <summary>Requests that advance in turn; further ones wait; default 4; 1 to 1,024. Each holds memory of the model's device.</summary>
    [Range(1, 1024)]
    public int MaxActive { get; set; } = 4;

    /// <summary>Progress kept for a reader that is behind; default 64; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int ProgressCapacity { get; set; } = 64;
}
