using System.Threading.Channels;

namespace Phenaki.Serving;

/// <summary>Stepped work on its way.</summary>
/// <typeparam name="TProgress">What there is to tell after a step.</typeparam>
/// <typeparam name="TResult">What there is in the end.</typeparam>
public sealed class StepRun<TProgress, TResult>
{
    private readonly ChannelReader<TProgress> progress;

    internal StepRun(ChannelReader<TProgress> progress, Task<TResult> completion)
    {
        this.progress = progress;
        Completion = completion;
    }

    /// <summary>
    /// The result. Fails with the work's own exception, with <see cref="OperationCanceledException"/> when the caller cancelled,
    /// <see cref="TimeoutException"/> when the deadline passed, <see cref="AdmissionRefusedException"/> when the service stopped.
    /// By then the work is disposed and its place is free.
    /// </summary>
    public Task<TResult> Completion { get; }

    /// <summary>
    /// Progress, for one reader, until the work ends in any way. A reader that falls behind further than
    /// <see cref="StepSchedulerOptions.ProgressCapacity"/> misses the oldest; it never holds the model up.
    /// </summary>
    public IAsyncEnumerable<TProgress> ReadProgressAsync(CancellationToken cancellationToken) => progress.ReadAllAsync(cancellationToken);
}
