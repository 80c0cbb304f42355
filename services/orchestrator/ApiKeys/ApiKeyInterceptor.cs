using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.ApiKeys;

/// <summary>Lets a call of the story service in only with a key that is good, and only as far as the key's limits go.</summary>
internal sealed class ApiKeyInterceptor(ApiKeyRing ring, ILogger<ApiKeyInterceptor> logger) : Interceptor
{
    private static readonly object OwnerKey = new();

    /// <summary>Whose call it is: the id of its key; empty where calls need none.</summary>
    public static string Owner(ServerCallContext context) => context.UserState.TryGetValue(OwnerKey, out var id) ? (string)id : "";

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Enter(context);
        return continuation(request, context);
    }

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Enter(context);
        return continuation(requestStream, context);
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        // Who watches has no story made by that.
        var gate = Enter(context);
        using var place = request is GenerateStoryRequest ? gate?.EnterStory() : null;
        await continuation(request, responseStream, context);
    }

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        // What is directed is a story that outlives the call, and has its place among those.
        Enter(context);
        return continuation(requestStream, responseStream, context);
    }

    private ApiKeyGate? Enter(ServerCallContext context)
    {
        if (!ring.IsOn)
        {
            return null;
        }

        try
        {
            var gate = ring.Authenticate(ApiKeyHeaders.Read(context.RequestHeaders.GetValue));
            Activity.Current?.SetTag("enduser.id", gate.Id);
            gate.Enter();
            context.UserState[OwnerKey] = gate.Id;
            return gate;
        }
        catch (RpcException refusal)
        {
            // The message names the id of a key at most, and only of one that was proven.
            StoryLog.CallRefused(logger, context.Method, context.Peer, refusal.Status.Detail);
            throw;
        }
    }
}
