namespace Phenaki.Orchestrator.Durable;

/// <summary>Hears that a silo cannot go on, as when the others have taken it for dead. Orleans itself would end the process, with all that it serves besides.</summary>
internal sealed class SiloFate : IFatalErrorHandler
{
    private readonly TaskCompletionSource<string> _sealed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why it cannot go on, once that is so.</summary>
    public Task<string> Sealed => _sealed.Task;

    /// <inheritdoc/>
    public bool IsUnexpected(Exception exception) => exception is not (ObjectDisposedException or OperationCanceledException);

    /// <inheritdoc/>
    public void OnFatalException(object? sender, string? context, Exception? exception) =>
        _sealed.TrySetResult(exception is null ? context ?? "no reason is given" : $"{context} {exception.Message}");
}
