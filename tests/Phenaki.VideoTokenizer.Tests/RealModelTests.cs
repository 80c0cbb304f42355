using Microsoft.Extensions.DependencyInjection;
using Phenaki.Contracts;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Testing;
using Phenaki.Testing.Models;
using Phenaki.Testing.Services;
using Phenaki.VideoTokenizer.V1;

namespace Phenaki.VideoTokenizer.Tests;

public sealed class RealModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task EncodeAndDecode_AloneAndAmongOthers_GiveTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        await using var host = await VideoTokenizerHost.StartAsync(
            load: null, Cancellation, TinyModels.WriteVideoTokenizer(folder.Of("model")));
        await host.ReadyAsync(Cancellation);
        var tokens = await EncodeAsync(host, video: 1, frames: 5);
        var frames = await DecodeAsync(host, tokens);
        Assert.Equal(3, tokens.Count);
        Assert.Equal(5, frames.Count);

        var together = await Task.WhenAll(EncodeAsync(host, 2, 7), EncodeAsync(host, 1, 5), EncodeAsync(host, 3, 1));
        Assert.Equal(tokens, together[1]);
        var decoded = await Task.WhenAll(DecodeAsync(host, together[0]), DecodeAsync(host, tokens));
        Assert.Equal(frames, decoded[1]);

        // Causal: the tokens of a start are the start of the tokens.
        Assert.Equal(tokens.Take(2), await EncodeAsync(host, video: 1, frames: 3));
    }

    [Fact(Timeout = 120_000)]
    public async Task Start_MissingModel_StopsTheHostAndNamesTheFolder()
    {
        await using var host = await VideoTokenizerHost.StartAsync(load: null, Cancellation, "/no/such/folder");
        await Assert.ThrowsAsync<StartupException>(() => host.ReadyAsync(Cancellation));
        Assert.Contains("/no/such/folder", host.Services.GetRequiredService<StartupFailure>().Message, StringComparison.Ordinal);
    }

    private static async Task<List<int[]>> EncodeAsync(ServiceHost host, int video, int frames)
    {
        var pixels = Enumerable.Range(0, frames).Select(f => new EncodeVideoRequest
        {
            Frame = WireTensor.Frame(f, [.. Enumerable.Range(0, 16 * 16 * 3).Select(i => (byte)((i * video * 7) + (f * 31)))]),
        });
        var answers = await host.EncodeAsync(Cancellation, [VideoTokenizerHost.EncodeHeader(16, 16), .. pixels]);
        return [.. answers.Select(a => WireTensorReader.ReadTokens(a.Tokens, "tokens", 64, 2, 2))];
    }

    private static async Task<List<byte[]>> DecodeAsync(ServiceHost host, List<int[]> tokens)
    {
        var latentFrames = tokens.Select((t, i) => new DecodeVideoRequest { LatentFrame = new() { Index = (uint)i, Tokens = WireTensor.FromTokens(t, 64, 2, 2) } });
        var answers = await host.DecodeAsync(Cancellation, [VideoTokenizerHost.DecodeHeader(), .. latentFrames]);
        return [.. answers.Select(a => a.Frame.Rgb.ToByteArray())];
    }
}
