using System.Globalization;
using Grpc.Core;

namespace Phenaki.Orchestrator.Clients.Balancing;

/// <summary>Tells the balancer how calls end: a stream ends with its content, long after its headers, which is all that a balancer sees itself.</summary>
/// <param name="inner">Carries the calls.</param>
/// <param name="hostName">Name that servers' certificates are made out to where their addresses are numbers; null for that of the address.</param>
internal sealed class ReplicaCallHandler(HttpMessageHandler inner, string? hostName) : DelegatingHandler(inner)
{
    private static readonly HashSet<string> Refusals =
    [
        ((int)StatusCode.Unavailable).ToString(CultureInfo.InvariantCulture),
        ((int)StatusCode.ResourceExhausted).ToString(CultureInfo.InvariantCulture),
    ];

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Host ??= hostName;
        if (!request.Options.TryGetValue(ReplicaCall.Key, out var call))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch
        {
            call.End();
            throw;
        }

        // A call that is refused at the door has its status in the headers.
        if (response.Headers.TryGetValues("grpc-status", out var status) && status.Any(Refusals.Contains))
        {
            call.Refused();
        }

        response.Content = new CountedContent(response.Content, call);
        return response;
    }

    private sealed class CountedContent : HttpContent
    {
        private readonly HttpContent _inner;
        private readonly ReplicaCall _call;

        public CountedContent(HttpContent inner, ReplicaCall call)
        {
            _inner = inner;
            _call = call;
            foreach (var (name, values) in inner.Headers.NonValidated)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

        protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => _inner.ReadAsStreamAsync(cancellationToken);

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => _inner.CopyToAsync(stream, context);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _call.End();
                _inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
