using Google.Protobuf;
using Grpc.Core;
using Phenaki.Common.V1;
using Phenaki.Orchestrator.Clients;
using Phenaki.TextEncoder.V1;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>The fake text encoder behind its gRPC contract.</summary>
internal sealed class WireTextEncoder(FakeTextEncoder fake) : TextEncoderService.TextEncoderServiceBase
{
    public override async Task EncodePrompts(
        IAsyncStreamReader<EncodePromptsRequest> requestStream, IServerStreamWriter<EncodePromptsResponse> responseStream, ServerCallContext context)
    {
        var requests = await requestStream.ReadAllAsync(context.CancellationToken).ToListAsync(context.CancellationToken);
        Assert.All(requests, request => Assert.Equal((DataType.Float32, 16u), (request.DataType, request.MaxTokens)));
        await fake.EncodeAsync(
            [.. requests.Select(request => request.Text)],
            FakeModels.Set,
            (number, prompt) => responseStream.WriteAsync(new()
            {
                Id = requests[number].Id,
                Embedding = new()
                {
                    DataType = DataType.Float32,
                    Shape = { (uint)prompt.Tokens, (uint)prompt.Width },
                    Data = UnsafeByteOperations.UnsafeWrap(prompt.Embedding),
                },
                TokenIds = { prompt.TokenIds.Select(id => (uint)id) },
                UnknownWords = { prompt.UnknownWords },
            }),
            WireScope.Of(context));
    }

    public override async Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        var card = await fake.GetModelAsync(WireScope.Of(context));
        return new() { Model = card.Model.ToWire(), Width = (uint)card.Width, MaxTokens = (uint)card.MaxTokens };
    }
}
