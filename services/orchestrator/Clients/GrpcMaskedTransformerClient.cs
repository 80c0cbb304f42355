using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Caching;
using Phenaki.Common.V1;
using Phenaki.Contracts;
using Phenaki.MaskedTransformer.V1;

namespace Phenaki.Orchestrator.Clients;

/// <summary>The masked transformer over gRPC.</summary>
internal sealed class GrpcMaskedTransformerClient(ModelChannels channels, IOptions<OrchestratorOptions> options, TimeProvider time)
    : IMaskedTransformerClient
{
    private readonly MaskedTransformerService.MaskedTransformerServiceClient _client = new(channels.MaskedTransformer);
    private readonly ServiceCalls _calls = new("masked-transformer", options.Value.MaskedTransformerAddress, time);

    /// <inheritdoc/>
    public Task<MaskedTransformerCard> GetModelAsync(CallScope scope) => _calls.AskAsync(scope, options.Value.GetModelTimeout, async call =>
    {
        var model = await _client.GetModelAsync(new(), call);
        return new MaskedTransformerCard(
            model.Model.ToCard(),
            WireCards.Number(model.CodebookSize),
            WireCards.Number(model.MaxGrid?.Rows ?? 0),
            WireCards.Number(model.MaxGrid?.Columns ?? 0),
            WireCards.Number(model.MaxGrid?.LatentFrames ?? 0),
            WireCards.Number(model.TextWidth),
            WireCards.Number(model.MaxTextTokens),
            model.DefaultSampling.ToSampling(),
            model.TextEncoderFingerprint,
            model.VideoTokenizerFingerprint);
    });

    /// <inheritdoc/>
    public Task<int[]> SampleAsync(ClipToSample clip, ModelSet models, Action<int, int> onStep, CallScope scope) =>
        _calls.RunAsync(scope, async () =>
        {
            var geometry = models.Geometry;
            using var call = _client.SampleTokens(Request(clip, models), _calls.Options(scope, options.Value.SampleTokensTimeout));
            int[]? tokens = null;
            await foreach (var response in call.ResponseStream.ReadAllAsync(scope.CancellationToken))
            {
                switch (response.EventCase)
                {
                    case SampleTokensResponse.EventOneofCase.Step:
                        onStep(WireCards.Number(response.Step.Step), WireCards.Number(response.Step.Steps));
                        break;
                    case SampleTokensResponse.EventOneofCase.Sampled:
                        tokens = WireTensorReader.ReadTokens(
                            response.Sampled.Tokens,
                            "tokens",
                            models.MaskedTransformer.CodebookSize,
                            clip.LatentFrames,
                            geometry.Rows,
                            geometry.Columns);
                        break;
                }
            }

            return tokens ?? throw _calls.Faulty("It ended the call without tokens.");
        });

    private static SampleTokensRequest Request(ClipToSample clip, ModelSet models)
    {
        var geometry = models.Geometry;
        var request = new SampleTokensRequest
        {
            TextEmbedding = Embedding(clip.Prompt),
            Grid = new() { LatentFrames = (uint)clip.LatentFrames, Rows = (uint)geometry.Rows, Columns = (uint)geometry.Columns },
            Sampling = clip.Sampling.ToWire(),
            Seed = clip.Seed,
            Scene = (uint)clip.Scene,
            Clip = (uint)clip.Clip,
            Priority = clip.Priority,
        };
        if (clip.NegativePrompt is { } negative)
        {
            request.NegativeEmbedding = Embedding(negative);
        }

        if (clip.Prefix.Length > 0)
        {
            request.PrefixTokens = WireTensor.FromTokens(
                clip.Prefix,
                models.MaskedTransformer.CodebookSize,
                clip.Prefix.Length / geometry.TokensPerLatentFrame,
                geometry.Rows,
                geometry.Columns);
        }

        return request;
    }

    private static Tensor Embedding(EncodedPrompt prompt) => new()
    {
        DataType = prompt.DataType.ToWire(),
        Shape = { (uint)prompt.Tokens, (uint)prompt.Width },
        Data = UnsafeByteOperations.UnsafeWrap(prompt.Embedding),
    };
}
