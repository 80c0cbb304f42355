using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Hosting;
using StatusCode = Grpc.Core.StatusCode;

namespace Phenaki.Orchestrator.Videos;

/// <summary>
/// Stands around every call of the videos API, as the interceptors around those of gRPC: lets it in only with a key that is good, has it measured and
/// drained, and says what goes wrong in OpenAI's form.
/// </summary>
internal sealed class VideoFilter(HttpCalls calls, ApiKeyRing ring, IOptions<ErrorTranslation> translation, ILogger<VideoFilter> logger) : IEndpointFilter
{
    /// <summary>What metrics call the videos API; its methods are the names of its routes.</summary>
    internal const string ServiceName = "openai.v1.Videos";

    private static readonly object OwnerKey = new();

    /// <summary>Whose call it is: the id of its key; empty where calls need none.</summary>
    public static string Owner(HttpContext http) => http.Items.TryGetValue(OwnerKey, out var id) ? (string)id! : "";

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        await calls.RunAsync(ServiceName, http, AnswerAsync, failure => Explain(http, failure));
        return Results.Empty;

        async Task<IResult> AnswerAsync()
        {
            Enter(http);
            return (IResult)(await next(context))!;
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

    private (RpcException Error, IResult Answer) Explain(HttpContext http, Exception failure)
    {
        switch (failure)
        {
            case VideoException refusal:
                var code = refusal.Status == StatusCodes.Status404NotFound ? StatusCode.NotFound : StatusCode.InvalidArgument;
                return (new(new Status(code, refusal.Message)), Answer((refusal.Status, refusal.Error)));
            case BadHttpRequestException broken:
                return (new(new Status(StatusCode.InvalidArgument, broken.Message)), Answer(VideoErrors.Of(broken)));
        }

        var known = failure as RpcException ?? translation.Value.Translate(failure);
        if (known is null)
        {
            VideoLog.Bug(logger, failure, http.Request.Method, http.Request.Path, http.TraceIdentifier);
            known = RpcErrors.Internal(http.TraceIdentifier);
        }

        if (!http.Response.HasStarted)
        {
            HttpRefusal.SetHeaders(http.Response, known);
        }

        return (known, Answer(VideoErrors.Of(known)));
    }

    private static IResult Answer((int Status, VideoError Error) told) =>
        Results.Json(new VideoErrorAnswer(told.Error), VideoJson.Options, statusCode: told.Status);
}
