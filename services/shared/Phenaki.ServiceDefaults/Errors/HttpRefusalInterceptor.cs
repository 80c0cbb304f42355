using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http;
using Phenaki.ServiceDefaults.Hosting;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>Says what HTTP has headers for, when a call that came with JSON is refused: when to ask again, and that a key is wanted.</summary>
internal sealed class HttpRefusalInterceptor : CallInterceptor
{
    /// <inheritdoc/>
    protected override async Task<T> RunAsync<T>(ServerCallContext context, Func<ServerCallContext, Task<T>> call)
    {
        try
        {
            return await call(context);
        }
        catch (RpcException refusal) when (context.GetHttpContext() is { Response.HasStarted: false } http && IsTranscoded(http))
        {
            HttpRefusal.SetHeaders(http.Response, refusal);
            throw;
        }
    }

    private static bool IsTranscoded(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is not null;
}
