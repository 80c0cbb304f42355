using System.Diagnostics;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>
/// Sends the W3C trace context (<c>traceparent</c>, <c>tracestate</c>) of the call's own span with it. Sockets send that of the HTTP request below,
/// which nobody records, and calls inside a process send none.
/// </summary>
/// <param name="inner">Carries the calls; disposed with this.</param>
public sealed class TraceContextHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        DistributedContextPropagator.Current.Inject(
            Activity.Current,
            request,
            static (carrier, name, value) => ((HttpRequestMessage)carrier!).Headers.TryAddWithoutValidation(name, value));
        return base.SendAsync(request, cancellationToken);
    }
}
