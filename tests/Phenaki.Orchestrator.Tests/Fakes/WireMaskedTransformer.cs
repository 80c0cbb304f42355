using Grpc.Core;
using Phenaki.Caching;
using Phenaki.Contracts;
using Phenaki.MaskedTransformer.V1;
using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>The fake masked transformer behind its gRPC contract.</summary>
internal sealed class WireMaskedTransformer(FakeMaskedTransformer fake) : MaskedTransformerService.MaskedTransformerServiceBase
{
    public override async Task SampleTokens(
        SampleTokensRequest request, IServerStreamWriter<SampleTokensResponse> responseStream, ServerCallContext context)
    {
        var sending = Task.CompletedTask;
        var tokens = await fake.SampleAsync(
            new(
                (int)request.Grid.LatentFrames,
                request.PrefixTokens is null ? [] : WireTensorReader.ReadTokens(request.PrefixTokens, "prefix", FakeModels.CodebookSize, Extent.Any, 2, 3),
                Prompt(request.TextEmbedding),
                request.NegativeEmbedding is null ? null : Prompt(request.NegativeEmbedding),
                request.Sampling.ToSampling(),
                request.Seed,
                (int)request.Scene,
                (int)request.Clip),
            FakeModels.Set,
            (step, steps) => sending = SendStepAsync(sending, step, steps),
            WireScope.Of(context));
        await sending;
        await responseStream.WriteAsync(
            new() { Sampled = new() { Tokens = WireTensor.FromTokens(tokens, FakeModels.CodebookSize, tokens.Length / 6, 2, 3) } },
            context.CancellationToken);

        async Task SendStepAsync(Task before, int step, int steps)
        {
            await before;
            await responseStream.WriteAsync(
                new() { Step = new() { Step = (uint)step, Steps = (uint)steps } }, context.CancellationToken);
        }
    }

    public override async Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        var card = await fake.GetModelAsync(WireScope.Of(context));
        return new()
        {
            Model = card.Model.ToWire(),
            CodebookSize = (uint)card.CodebookSize,
            MaxGrid = new() { LatentFrames = (uint)card.MaxLatentFrames, Rows = (uint)card.Rows, Columns = (uint)card.Columns },
            TextWidth = (uint)card.TextWidth,
            MaxTextTokens = (uint)card.MaxTextTokens,
            DefaultSampling = card.DefaultSampling.ToWire(),
            TextEncoderFingerprint = card.TextEncoderFingerprint,
            VideoTokenizerFingerprint = card.VideoTokenizerFingerprint,
        };
    }

    private static EncodedPrompt Prompt(Common.V1.Tensor tensor) => new(
        CacheDataType.Float32, (int)tensor.Shape[0], (int)tensor.Shape[1], tensor.Data.Memory, [], [], Truncated: false);
}
