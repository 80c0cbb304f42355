using Phenaki.Serving;

namespace Phenaki.VideoTokenizer.Sessions;

/// <summary>A place in the service and what the model keeps for it. Disposing it, however the call ended, frees both.</summary>
/// <typeparam name="T">What the model keeps; touched and disposed on the model's thread alone.</typeparam>
internal sealed class TokenizerSession<T>(ModelThread thread, AdmissionTicket ticket, T kept, VideoTokenizerMetrics metrics, TimeProvider time) : IAsyncDisposable
    where T : class, IDisposable
{
    /// <summary>Has the model do a piece of work, in turn with the other sessions.</summary>
    /// <param name="name">What it is, for the trace.</param>
    /// <param name="work">The work, on the model's thread.</param>
    /// <param name="cancellationToken">Takes the work back while it waits.</param>
    public async Task<TResult> RunAsync<TResult>(string name, Func<T, TResult> work, CancellationToken cancellationToken)
    {
        using var span = VideoTokenizerTracing.Work(name);
        return await thread.InvokeAsync(
            () =>
            {
                var start = time.GetTimestamp();
                var result = work(kept);
                var spent = time.GetElapsedTime(start);
                ticket.AddServiceTime(spent);
                metrics.WorkDone(spent);
                return result;
            },
            cancellationToken);
    }

    /// <summary>Says that the video came to its end, so that its time tells when the next place is free.</summary>
    public void Complete() => ticket.Complete();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await thread.ReleaseAsync(kept);
        ticket.Dispose();
    }
}
