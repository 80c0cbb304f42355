using Grpc.Core;
using Phenaki.Contracts;
using Phenaki.MaskedTransformer.V1;
using Phenaki.Testing.Services;

namespace Phenaki.MaskedTransformer.Tests;

public sealed class SampleTokensTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_Valid_SendsEveryStepThenTheTokens()
    {
        var model = new FakeMaskedTransformer();
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation);
        var answers = await SampleAsync(host, Requests.Valid());

        Assert.Equal([1u, 2u, 3u, 4u], answers[..^1].Select(a => a.Step.Step));
        Assert.All(answers[..^1], a => Assert.Equal(4u, a.Step.Steps));
        Assert.All(answers[..^1], a => Assert.Null(a.Step.PartialTokens));
        Assert.Equal([11u, 10u, 9u, 0u], answers[..^1].Select(a => a.Step.Masked));
        Assert.Equal(Enumerable.Range(5, 12).Select(i => i % 16), Tokens(answers));
        Assert.Equal(0, model.Live);
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_AllFieldsSet_ReachTheModel()
    {
        var model = new FakeMaskedTransformer();
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation);
        var answers = await SampleAsync(host, Requests.With(r =>
        {
            r.NegativeEmbedding = WireTensor.FromFloats([9, 8, 7, 6], Common.V1.DataType.Bfloat16, 1, 4);
            r.PrefixTokens = WireTensor.FromTokens([15, 14, 13, 12, 11, 10], 16, 1, 2, 3);
            r.Sampling = new() { Steps = 2, GuidanceScale = 1.5f, Temperature = 0, ChoiceTemperature = 64 };
            r.Scene = 3;
            r.Clip = 4;
        }));

        var request = Assert.Single(model.Requests);
        Assert.Equal([9f, 8, 7, 6], request.NegativeEmbedding!);
        Assert.Equal((2, 1, 2, 3u, 4u, 5ul), (request.TextTokens, request.NegativeTokens, request.LatentFrames, request.Scene, request.Clip, request.Seed));
        Assert.Equal(new() { Steps = 2, GuidanceScale = 1.5f, Temperature = 0, ChoiceTemperature = 64 }, request.Sampling);
        Assert.Equal([15, 14, 13, 12, 11, 10], Tokens(answers)[..6]);
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_SomeSettingsSet_TakesTheOthersFromTheModel()
    {
        var model = new FakeMaskedTransformer();
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation);
        await SampleAsync(host, Requests.With(r => r.Sampling = new() { GuidanceScale = 0 }));
        Assert.Equal(model.Config.DefaultSampling with { GuidanceScale = 0 }, Assert.Single(model.Requests).Sampling);
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_PartialTokensAskedFor_MaskedPositionsHoldTheCodebookSize()
    {
        await using var host = await MaskedTransformerHost.StartAsync(new FakeMaskedTransformer(), Cancellation);
        var answers = await SampleAsync(host, Requests.With(r => r.IncludePartialTokens = true));
        var first = WireTensorReader.ReadTokens(answers[0].Step.PartialTokens, "partial", 17, 2, 2, 3);
        Assert.Equal([5, .. Enumerable.Repeat(16, 11)], first);
    }

    [Fact(Timeout = 60_000)]
    public async Task GetModel_Ready_TellsSizesDefaultsAndFingerprints()
    {
        await using var host = await MaskedTransformerHost.StartAsync(new FakeMaskedTransformer(), Cancellation);
        var model = await new MaskedTransformerService.MaskedTransformerServiceClient(host.Channel).GetModelAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(
            new GetModelResponse
            {
                Model = new() { Name = "fake", Version = "1", Fingerprint = new string('a', 64), Parameters = 42 },
                CodebookSize = 16,
                MaxGrid = new() { LatentFrames = 3, Rows = 2, Columns = 3 },
                TextWidth = 4,
                MaxTextTokens = 8,
                DefaultSampling = new() { Steps = 4, GuidanceScale = 2, Temperature = 1, ChoiceTemperature = 3 },
                TextEncoderFingerprint = "text",
                VideoTokenizerFingerprint = "video",
            },
            model);
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_TheModelThrows_AnswersInternalAndFreesTheRow()
    {
        var model = new FakeMaskedTransformer { OnStep = () => throw new InvalidOperationException("a bug") };
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation);
        Assert.Equal(StatusCode.Internal, (await Assert.ThrowsAsync<RpcException>(() => SampleAsync(host, Requests.Valid()))).StatusCode);
        Assert.Equal(0, model.Live);
    }

    private static int[] Tokens(IReadOnlyList<SampleTokensResponse> answers) =>
        WireTensorReader.ReadTokens(answers[^1].Sampled.Tokens, "tokens", 16, 2, 2, 3);

    private static async Task<List<SampleTokensResponse>> SampleAsync(ServiceHost host, SampleTokensRequest request)
    {
        using var call = new MaskedTransformerService.MaskedTransformerServiceClient(host.Channel).SampleTokens(request, cancellationToken: Cancellation);
        return await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
    }
}
