using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Telemetry;

namespace Phenaki.ServiceDefaults.Pace;

/// <summary>Bounds how long a call waits for its client. Kestrel's least rates do not: they stop at streams, which may rest, and at full windows.</summary>
internal sealed class PaceInterceptor(IOptions<ServiceLimits> limits, TimeProvider time) : Interceptor
{
    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(Reader(requestStream, context), context);

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        IsOurs(context) ? continuation(request, Writer(responseStream, context), context) : continuation(request, responseStream, context);

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(Reader(requestStream, context), Writer(responseStream, context), context);

    // Health.Watch rests for as long as nothing changes.
    private static bool IsOurs(ServerCallContext context) => GrpcMethod.Of(context.Method).IsOurs;

    private IdleBoundReader<T> Reader<T>(IAsyncStreamReader<T> inner, ServerCallContext context) =>
        new(inner, limits.Value.StreamIdleTimeout, context.GetHttpContext().GetEndpoint()?.Metadata.GetMetadata<ClientMayRestAttribute>() is not null, time);

    private PatientWriter<T> Writer<T>(IServerStreamWriter<T> inner, ServerCallContext context) =>
        new(inner, limits.Value.SlowReaderTimeout, time, context.GetHttpContext().Abort);
}
