using System.ComponentModel.DataAnnotations;

namespace Phenaki.Serving;

/// <summary>Settings of a <see cref="BatchingQueue{TIn, TOut}"/>.</summary>
public sealed class BatchingOptions
{
    /// <summary>Most cost (tokens) in a batch; an item that costs more is a batch of its own; default 1,024; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public double MaxBatchCost { get; set; } = 1024;

    /// <summary>Most items in a batch; default 32; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int MaxBatchItems { get; set; } = 32;

    /// <summary>
    /// Longest wait for others before a batch that is not full is given to the model; default 2 ms; 0 to 1 s. With 0 a batch is what
    /// arrived while the model was busy.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMilliseconds(2);
}
