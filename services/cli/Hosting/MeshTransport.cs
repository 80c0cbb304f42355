namespace Phenaki.Cli.Hosting;

/// <summary>Carries calls between the services of this process; those made before the services listen wait for it.</summary>
internal sealed class MeshTransport : HttpMessageHandler
{
    private readonly TaskCompletionSource<HttpMessageInvoker> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The services listen.</summary>
    /// <param name="handler">Reaches them; belongs to this from now on.</param>
    public void Start(HttpMessageHandler handler) => _started.TrySetResult(new HttpMessageInvoker(handler));

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var invoker = await _started.Task.WaitAsync(cancellationToken);
        return await invoker.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_started.TrySetCanceled() && _started.Task.IsCompletedSuccessfully)
        {
            _started.Task.GetAwaiter().GetResult().Dispose();
        }

        base.Dispose(disposing);
    }
}
