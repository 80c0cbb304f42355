using Grpc.Core;
using Phenaki.Contracts;
using Phenaki.VideoTokenizer.V1;
using static Phenaki.VideoTokenizer.Tests.VideoTokenizerHost;

namespace Phenaki.VideoTokenizer.Tests;

public sealed class VideoStreamTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task EncodeVideo_ThreeFrames_SendsTokensOfTwoLatentFrames()
    {
        var model = new FakeVideoTokenizer();
        await using var host = await StartAsync(model, Cancellation);
        var answers = await host.EncodeAsync(Cancellation, EncodeHeader(), Frame(0, 10), Frame(1, 20), Frame(2, 30));
        Assert.Equal([0u, 1u], answers.Select(a => a.LatentFrame));
        Assert.Equal([[10, 10, 10, 10], [30, 30, 30, 30]], answers.Select(a => WireTensorReader.ReadTokens(a.Tokens, "tokens", 256, 2, 2)));
        await model.Disposed.Reader.ReadAsync(Cancellation);
        Assert.Equal(0, model.Live);
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodeVideo_WhileTheClientStillSends_TokensLeaveWithTheLastFrameOfTheirLatentFrame()
    {
        await using var host = await StartAsync(new FakeVideoTokenizer(), Cancellation);
        using var call = host.Client().EncodeVideo(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(EncodeHeader(), Cancellation);
        await call.RequestStream.WriteAsync(Frame(0, 1), Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        await call.RequestStream.WriteAsync(Frame(1, 2), Cancellation);
        await call.RequestStream.WriteAsync(Frame(2, 3), Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(1u, call.ResponseStream.Current.LatentFrame);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task DecodeVideo_TwoLatentFrames_SendsThreeFrames()
    {
        var model = new FakeVideoTokenizer();
        await using var host = await StartAsync(model, Cancellation);
        var answers = await host.DecodeAsync(Cancellation, DecodeHeader(), LatentFrame(0, 10), LatentFrame(1, 20));
        Assert.Equal([(0u, 10), (1u, 20), (2u, 21)], answers.Select(a => (a.Frame.Index, (int)a.Frame.Rgb[0])));
        Assert.All(answers, a => Assert.Equal(8 * 8 * 3, a.Frame.Rgb.Length));
        await model.Disposed.Reader.ReadAsync(Cancellation);
        Assert.Equal(0, model.Live);
    }

    [Fact(Timeout = 60_000)]
    public async Task DecodeVideo_FirstFrameGiven_SendsOnlyFramesFromThereOn()
    {
        await using var host = await StartAsync(new FakeVideoTokenizer(), Cancellation);
        var answers = await host.DecodeAsync(Cancellation, DecodeHeader(2), LatentFrame(0, 10), LatentFrame(1, 20), LatentFrame(2, 30));
        Assert.Equal([2u, 3u, 4u], answers.Select(a => a.Frame.Index));
    }

    [Fact(Timeout = 60_000)]
    public async Task DecodeVideo_WhileTheClientStillSends_FramesLeave()
    {
        await using var host = await StartAsync(new FakeVideoTokenizer(), Cancellation);
        using var call = host.Client().DecodeVideo(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(DecodeHeader(), Cancellation);
        await call.RequestStream.WriteAsync(LatentFrame(0, 1), Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(0u, call.ResponseStream.Current.Frame.Index);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodeVideo_TheModelThrows_AnswersInternalAndFreesTheSession()
    {
        var model = new FakeVideoTokenizer();
        await using var host = await StartAsync(model, Cancellation);
        var error = await Assert.ThrowsAsync<RpcException>(() => host.EncodeAsync(Cancellation, EncodeHeader(), Frame(0, 255)));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Equal(0, model.Live);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetModel_Ready_TellsGeometryAndLimits()
    {
        await using var host = await StartAsync(new FakeVideoTokenizer(), Cancellation);
        Assert.Equal(
            new GetModelResponse
            {
                Model = new() { Name = "fake", Version = "3", Fingerprint = new string('c', 64), Parameters = 9 },
                Height = 8,
                Width = 8,
                Rows = 2,
                Columns = 2,
                TemporalPatch = 2,
                CodebookSize = 256,
                MaxLatentFrames = 3,
                FramesPerSecond = 8,
            },
            await host.Client().GetModelAsync(new(), cancellationToken: Cancellation));
    }
}
