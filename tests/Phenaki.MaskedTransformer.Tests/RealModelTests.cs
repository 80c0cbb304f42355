using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Phenaki.Common.V1;
using Phenaki.Contracts;
using Phenaki.MaskedTransformer.V1;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Testing;
using Phenaki.Testing.Models;
using Phenaki.Testing.Services;

namespace Phenaki.MaskedTransformer.Tests;

public sealed class RealModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task SampleTokens_AloneAndAmongOthers_GivesTheSameTokens()
    {
        using var folder = new TemporaryFolder();
        await using var host = await MaskedTransformerHost.StartAsync(
            load: null, Cancellation, folder: TinyModels.WriteMaskedTransformer(folder.Of("model")));
        await host.ReadyAsync(Cancellation);
        var alone = await SampleAsync(host, seed: 1, frames: 3);
        var together = await Task.WhenAll(SampleAsync(host, 2, 2), SampleAsync(host, 1, 3), SampleAsync(host, 3, 4), SampleAsync(host, 1, 3));
        Assert.Equal(alone, together[1]);
        Assert.Equal(alone, together[3]);
        Assert.NotEqual(alone, await SampleAsync(host, seed: 4, frames: 3));
        Assert.Equal([7, 8, 9, 10], alone[..4]);
    }

    [Fact(Timeout = 120_000)]
    public async Task GetModel_InBFloat16_TellsAnotherFingerprint()
    {
        using var folder = new TemporaryFolder();
        string model = TinyModels.WriteMaskedTransformer(folder.Of("model"));
        var fingerprints = new HashSet<string>();
        foreach (string precision in (string[])["float32", "auto", "bfloat16"])
        {
            await using var host = await MaskedTransformerHost.StartAsync(load: null, Cancellation, folder: model, precision: precision);
            await host.ReadyAsync(Cancellation);
            var told = await new MaskedTransformerService.MaskedTransformerServiceClient(host.Channel).GetModelAsync(new(), cancellationToken: Cancellation);
            fingerprints.Add(told.Model.Fingerprint);
        }

        Assert.Equal(2, fingerprints.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task Start_UnknownPrecision_NamesItAndWhatIsAllowed()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => MaskedTransformerHost.StartAsync(load: null, Cancellation, precision: "half"));
        Assert.Contains("allowed are float32, bfloat16 and auto", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Start_MissingModel_StopsTheHostAndNamesTheFolder()
    {
        await using var host = await MaskedTransformerHost.StartAsync(load: null, Cancellation, folder: "/no/such/folder");
        await Assert.ThrowsAsync<StartupException>(() => host.ReadyAsync(Cancellation));
        Assert.Contains("/no/such/folder", host.Services.GetRequiredService<StartupFailure>().Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Start_DamagedModel_StopsTheHostAndNamesTheFile()
    {
        using var folder = new TemporaryFolder();
        var model = TinyModels.WriteMaskedTransformer(folder.Of("model"));
        var weights = await File.ReadAllBytesAsync(Path.Combine(model, "model.safetensors"), Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(model, "model.safetensors"), weights[..^5], Cancellation);
        await using var host = await MaskedTransformerHost.StartAsync(load: null, Cancellation, folder: model);
        await Assert.ThrowsAsync<StartupException>(() => host.ReadyAsync(Cancellation));
        Assert.Contains("model.safetensors", host.Services.GetRequiredService<StartupFailure>().Message, StringComparison.Ordinal);
    }

    private static async Task<int[]> SampleAsync(ServiceHost host, ulong seed, int frames)
    {
        using var call = new MaskedTransformerService.MaskedTransformerServiceClient(host.Channel).SampleTokens(
            new()
            {
                TextEmbedding = WireTensor.FromFloats(Enumerable.Range(0, 24).Select(i => MathF.Sin(i)).ToArray(), DataType.Float32, 3, TinyModels.TextWidth),
                PrefixTokens = WireTensor.FromTokens([7, 8, 9, 10], 64, 1, 2, 2),
                Grid = new() { LatentFrames = (uint)frames, Rows = 2, Columns = 2 },
                Seed = seed,
            },
            cancellationToken: Cancellation);
        var answers = await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        return WireTensorReader.ReadTokens(answers[^1].Sampled.Tokens, "tokens", 64, frames, 2, 2);
    }
}
