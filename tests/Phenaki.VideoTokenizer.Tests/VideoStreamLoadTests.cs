using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Testing.Services;
using static Phenaki.VideoTokenizer.Tests.VideoTokenizerHost;

namespace Phenaki.VideoTokenizer.Tests;

public sealed class VideoStreamLoadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task EncodeVideo_WhileTheModelLoads_IsUnavailableWithATimeToRetry()
    {
        using var loading = new SemaphoreSlim(0);
        await using var host = await StartAsync(
            _ =>
            {
                loading.Wait(TimeSpan.FromSeconds(50));
                return new FakeVideoTokenizer();
            },
            Cancellation);
        var error = await Assert.ThrowsAsync<RpcException>(() => host.EncodeAsync(Cancellation, EncodeHeader(), Frame(0, 1)));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.NotNull(error.Detail<RetryInfo>());
        Assert.NotNull(error.Trailers.GetValue("grpc-retry-pushback-ms"));
        loading.Release();
    }

    [Fact(Timeout = 60_000)]
    public async Task Sessions_AsManyAsAllowed_FurtherOnesAreRefusedUntilOneEnds()
    {
        var model = new FakeVideoTokenizer();
        await using var host = await StartAsync(model, Cancellation, maxSessions: 1);
        using (var first = host.Client().EncodeVideo(cancellationToken: Cancellation))
        {
            await first.RequestStream.WriteAsync(EncodeHeader(), Cancellation);
            await first.RequestStream.WriteAsync(Frame(0, 1), Cancellation);
            Assert.True(await first.ResponseStream.MoveNext(Cancellation));

            var error = await Assert.ThrowsAsync<RpcException>(() => host.DecodeAsync(Cancellation, DecodeHeader(), LatentFrame(0, 1)));
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
            Assert.NotNull(error.Detail<RetryInfo>());
            Assert.NotNull(error.Trailers.GetValue("grpc-retry-pushback-ms"));
            await first.RequestStream.CompleteAsync();
            Assert.False(await first.ResponseStream.MoveNext(Cancellation));
        }

        Assert.Single(await host.DecodeAsync(Cancellation, DecodeHeader(), LatentFrame(0, 1)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_ClientCancels_IsFreed(bool whileTheModelWorks)
    {
        using var permits = new SemaphoreSlim(whileTheModelWorks ? 0 : 100);
        var model = new FakeVideoTokenizer { Permits = permits };
        await using var host = await StartAsync(model, Cancellation);
        var engine = host.Services.GetRequiredService<Warmup<VideoTokenizerEngine>>().Value;
        using var cancel = new CancellationTokenSource();
        using var call = host.Client().EncodeVideo(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(EncodeHeader(), Cancellation);
        await call.RequestStream.WriteAsync(Frame(0, 1), Cancellation);
        await model.Begun.Reader.ReadAsync(Cancellation);
        Assert.Equal((1, 1), (model.Live, engine.Sessions));

        await cancel.CancelAsync();
        permits.Release();
        await model.Disposed.Reader.ReadAsync(Cancellation);
        await host.StopAsync(Cancellation);
        Assert.Equal((0, 0), (model.Live, engine.Sessions));
        Assert.True(model.IsDisposed);
    }
}
