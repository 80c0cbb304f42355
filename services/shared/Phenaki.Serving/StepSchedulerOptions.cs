using System.ComponentModel.DataAnnotations;

namespace Phenaki.Serving;

/// <summary>Settings of a <see cref="StepScheduler{TWork, TProgress, TResult}"/>.</summary>
public sealed class StepSchedulerOptions
{
    /// <summary>Requests that advance together; further ones wait; default 4; 1 to 1,024. Each holds memory of the model's device.</summary>
    [Range(1, 1024)]
    public int MaxActive { get; set; } = 4;

    /// <summary>Progress kept for a reader that is behind; default 64; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int ProgressCapacity { get; set; } = 64;

    /// <summary>Interactive requests that get a place before a batch one that waits; default 4; 1 to 1,000.</summary>
    [Range(1, 1000)]
    public int InteractiveInARow { get; set; } = 4;
}
