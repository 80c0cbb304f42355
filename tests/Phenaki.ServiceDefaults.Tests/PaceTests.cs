using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Phenaki.Testing;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder.V1;

namespace Phenaki.ServiceDefaults.Tests;

/// <summary>Clients that send, read or connect as no good client does, over sockets.</summary>
public sealed class PaceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Stream_ThatItsClientLeavesOpenAndSilent_IsEnded()
    {
        var ended = new TaskCompletionSource();
        await using var host = await StartAsync(
            async (requests, _, context) =>
            {
                try
                {
                    Assert.True(await requests.MoveNext(context.CancellationToken));
                    await requests.MoveNext(context.CancellationToken);
                }
                finally
                {
                    ended.TrySetResult();
                }
            },
            ("Limits:StreamIdleTimeout", "00:00:00.3"));
        using var channel = GrpcChannel.ForAddress(host.Address);
        using var call = new TextEncoderService.TextEncoderServiceClient(channel).EncodePrompts(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(new() { Id = "1" }, Cancellation);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Equal("CLIENT_TOO_SLOW", error.Detail<ErrorInfo>().Reason);
        await ended.Task.WaitAsync(Cancellation);
    }

    [Fact(Timeout = 60_000)]
    public async Task Stream_WhoseClientReadsNothing_IsResetAndFreesTheService()
    {
        var ended = new TaskCompletionSource();
        await using var host = await StartAsync(
            async (_, responses, context) =>
            {
                try
                {
                    while (true)
                    {
                        await responses.WriteAsync(new() { Id = new string('x', 256 * 1024) }, context.CancellationToken);
                    }
                }
                finally
                {
                    ended.TrySetResult();
                }
            },
            ("Limits:SlowReaderTimeout", "00:00:00.3"));
        using var channel = GrpcChannel.ForAddress(host.Address);
        using var call = new TextEncoderService.TextEncoderServiceClient(channel).EncodePrompts(cancellationToken: Cancellation);
        await ended.Task.WaitAsync(Cancellation);
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(Cancellation))
            {
            }
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task Calls_BeyondThoseOfAConnection_WaitAtTheirClient()
    {
        var (running, most, release) = (0, 0, new TaskCompletionSource());
        await using var host = await StartAsync(
            async (_, _, context) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await release.Task.WaitAsync(context.CancellationToken);
                Interlocked.Decrement(ref running);
            },
            ("Limits:MaxStreamsPerConnection", "2"));
        using var channel = GrpcChannel.ForAddress(host.Address, new() { HttpHandler = new SocketsHttpHandler(), DisposeHttpClient = true });
        var client = new TextEncoderService.TextEncoderServiceClient(channel);

        // A client knows what a connection may carry once it has heard from it.
        await client.GetModelAsync(new(), cancellationToken: Cancellation);
        var calls = Enumerable.Range(0, 5).Select(_ => client.EncodePrompts(cancellationToken: Cancellation)).ToList();
        await Eventually.TrueAsync(() => ValueTask.FromResult(Volatile.Read(ref running) == 2), Cancellation);
        release.SetResult();
        foreach (var call in calls)
        {
            Assert.False(await call.ResponseStream.MoveNext(Cancellation));
            call.Dispose();
        }

        Assert.Equal(2, most);
    }

    [Fact(Timeout = 60_000)]
    public async Task Connection_BeyondThoseThatAreAllowed_IsClosed()
    {
        await using var host = await StartAsync((_, _, _) => Task.CompletedTask, ("Limits:MaxConnections", "1"));
        using var first = GrpcChannel.ForAddress(host.Address);
        await new TextEncoderService.TextEncoderServiceClient(first).GetModelAsync(new(), cancellationToken: Cancellation);
        using var second = GrpcChannel.ForAddress(host.Address);
        await Assert.ThrowsAsync<RpcException>(
            () => new TextEncoderService.TextEncoderServiceClient(second).GetModelAsync(new(), cancellationToken: Cancellation).ResponseAsync);
        await new TextEncoderService.TextEncoderServiceClient(first).GetModelAsync(new(), cancellationToken: Cancellation);
    }

    private static Task<SocketHost> StartAsync(
        Func<IAsyncStreamReader<EncodePromptsRequest>, IServerStreamWriter<EncodePromptsResponse>, ServerCallContext, Task> encode,
        params (string Key, string Value)[] settings)
    {
        var all = settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value);
        all["Listen"] = "http://127.0.0.1:0";
        return SocketHost.StartAsync(all, Cancellation, new() { EncodePrompts = encode });
    }
}
