using Grpc.Core;
using Phenaki.Testing.Services;
using Phenaki.VideoTokenizer.V1;
using static Phenaki.VideoTokenizer.Tests.VideoTokenizerHost;

namespace Phenaki.VideoTokenizer.Tests;

public sealed class VideoStreamValidationTests
{
    public static TheoryData<string, EncodeVideoRequest[]> BadFrames => new()
    {
        { "header: is missing; it must be the first message.", [] },
        { "header: is missing; it must be the first message.", [Frame(0, 1)] },
        { "header.height: is 9; must be the model's 8.", [EncodeHeader(height: 9)] },
        { "header.width: is 128; must be the model's 8.", [EncodeHeader(width: 128)] },
        { "frame: is missing in message 2 of the stream; after the header every message must hold a frame.", [EncodeHeader(), EncodeHeader()] },
        { "frame: is missing in message 2 of the stream; after the header every message must hold a frame.", [EncodeHeader(), new()] },
        { "frame.index: is 1; must be 0, indices count up from 0.", [EncodeHeader(), Frame(1, 1)] },
        { "frame.index: is 0; must be 1, indices count up from 0.", [EncodeHeader(), Frame(0, 1), Frame(0, 1)] },
        { "frame.rgb: has 191 bytes; must have 192, 3 for each pixel.", [EncodeHeader(), Frame(0, 1, 191)] },
        { "frame.rgb: has 0 bytes; must have 192, 3 for each pixel.", [EncodeHeader(), Frame(0, 1, 0)] },
        { "frame: came 0 times; the number must be 1 + n * 2, as in 1 or 3.", [EncodeHeader()] },
        { "frame: came 2 times; the number must be 1 + n * 2, as in 1 or 3.", [EncodeHeader(), Frame(0, 1), Frame(1, 1)] },
        { "frame: came 4 times; the number must be 1 + n * 2, as in 3 or 5.", [EncodeHeader(), .. Enumerable.Range(0, 4).Select(i => Frame(i, 1))] },
        { "frame: is one too many; a call holds up to 5 frames.", [EncodeHeader(), .. Enumerable.Range(0, 6).Select(i => Frame(i, 1))] },
    };

    public static TheoryData<string, DecodeVideoRequest[]> BadLatentFrames => new()
    {
        { "header: is missing; it must be the first message.", [] },
        { "header: is missing; it must be the first message.", [LatentFrame(0, 1)] },
        { "header.first_frame: is 5; allowed are 0 to 4.", [DecodeHeader(5)] },
        { "header.first_frame: is 1; 1 latent frames hold 1 frames, numbered from 0.", [DecodeHeader(1), LatentFrame(0, 1)] },
        { "latent_frame: is missing in message 2 of the stream; after the header every message must hold a latent frame.", [DecodeHeader(), DecodeHeader()] },
        { "latent_frame.index: is 7; must be 0, indices count up from 0.", [DecodeHeader(), LatentFrame(7, 1)] },
        { "latent_frame.tokens: is missing.", [DecodeHeader(), new() { LatentFrame = new() }] },
        { "latent_frame.tokens.shape: is [2, 3]; must be [2, 2].", [DecodeHeader(), LatentFrame(0, 1, 2, 3, 4, 5, 6)] },
        { "latent_frame.tokens.data: token 3 is 256; allowed are 0..255.", [DecodeHeader(), LatentFrame(0, 1, 2, 3, 256)] },
        { "latent_frame: came 0 times; at least one must follow the header.", [DecodeHeader()] },
        { "latent_frame: is one too many; a call holds up to 3 latent frames.", [DecodeHeader(), .. Enumerable.Range(0, 4).Select(i => LatentFrame(i, 1))] },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(BadFrames), DisableDiscoveryEnumeration = true)]
    public async Task EncodeVideo_BadStream_NamesFieldValueAndWhatIsAllowed(string expected, EncodeVideoRequest[] requests)
    {
        var model = new FakeVideoTokenizer();
        await using var host = await StartAsync(model, Cancellation);
        AssertRefused(expected, await Assert.ThrowsAsync<RpcException>(() => host.EncodeAsync(Cancellation, requests)));
        Assert.Equal(0, model.Live);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(BadLatentFrames), DisableDiscoveryEnumeration = true)]
    public async Task DecodeVideo_BadStream_NamesFieldValueAndWhatIsAllowed(string expected, DecodeVideoRequest[] requests)
    {
        var model = new FakeVideoTokenizer();
        await using var host = await StartAsync(model, Cancellation);
        AssertRefused(expected, await Assert.ThrowsAsync<RpcException>(() => host.DecodeAsync(Cancellation, requests)));
        Assert.Equal(0, model.Live);
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodeVideo_SeveralThingsWrong_AreToldAtOnce()
    {
        await using var host = await StartAsync(new FakeVideoTokenizer(), Cancellation);
        var header = await Assert.ThrowsAsync<RpcException>(() => host.EncodeAsync(Cancellation, EncodeHeader(1, 2)));
        Assert.Equal(["header.height", "header.width"], header.Fields());
        var frame = await Assert.ThrowsAsync<RpcException>(() => host.EncodeAsync(Cancellation, EncodeHeader(), Frame(9, 1, 5)));
        Assert.Equal(["frame.index", "frame.rgb"], frame.Fields());
    }

    private static void AssertRefused(string expected, RpcException error)
    {
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(expected, Assert.Single(error.Violations()));
    }
}
