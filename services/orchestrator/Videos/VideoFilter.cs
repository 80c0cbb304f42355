using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.Orchestrator.Videos;

/// <summary>
/// Stands around every call of the videos API, as the interceptors around those of gRPC: lets it in only with a key that is good, and says what goes
/// wrong in OpenAI's form.
/// </summary>
internal sealed class VideoFilter(ApiKeyRing ring, IOptions<ErrorTranslation> translation, ILogger<VideoFilter> logger) : IEndpointFilter
{
    private static readonly object OwnerKey = new();

    /// <summary>Whose call it is: the id of its key; empty where calls need none.</summary>
    public static string Owner(HttpContext http) => http.Items.TryGetValue(OwnerKey, out var id) ? (string)id! : "";

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            Enter(http);
            return await next(context);
        }
        catch (Exception failure) when (!http.RequestAborted.IsCancellationRequested)
        {
            var (status, error) = Explain(http, failure);
            return Results.Json(new VideoErrorAnswer(error), VideoJson.Options, statusCode: status);
        }
    }

    private void Enter(HttpContext http)
    {
        if (!ring.IsOn)
        {
            return;
        }

        try
        {
            var gate = ring.Authenticate(ApiKeyHeaders.Read(name => (string?)http.Request.Headers[name]));
            gate.Enter();
            http.Items[OwnerKey] = gate.Id;
        }
        catch (RpcException refusal)
        {
            // The message names the id of a key at most, and only of one that was proven.
            StoryLog.CallRefused(logger, $"{http.Request.Method} {http.Request.Path}", $"{http.Connection.RemoteIpAddress}", refusal.Status.Detail);
            throw;
        }
    }

    private (int Status, VideoError Error) Explain(HttpContext http, Exception failure)
    {
        switch (failure)
        {
            case VideoException refusal:
                return (refusal.Status, refusal.Error);
            case BadHttpRequestException broken:
                return VideoErrors.Of(broken);
        }

        var known = failure as RpcException ?? translation.Value.Translate(failure);
        if (known is null)
        {
            VideoLog.Bug(logger, failure, http.Request.Method, http.Request.Path, http.TraceIdentifier);
            known = RpcErrors.Internal(http.TraceIdentifier);
        }

        HttpRefusal.SetHeaders(http.Response, known);
        return VideoErrors.Of(known);
    }
}
