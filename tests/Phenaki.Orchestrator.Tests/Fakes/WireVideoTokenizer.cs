using Google.Protobuf;
using Grpc.Core;
using Phenaki.Contracts;
using Phenaki.Orchestrator.Clients;
using Phenaki.VideoTokenizer.V1;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>The fake video tokenizer behind its gRPC contract.</summary>
internal sealed class WireVideoTokenizer(FakeVideoTokenizer fake) : VideoTokenizerService.VideoTokenizerServiceBase
{
    public override async Task EncodeVideo(
        IAsyncStreamReader<EncodeVideoRequest> requestStream, IServerStreamWriter<EncodeVideoResponse> responseStream, ServerCallContext context)
    {
        var requests = await requestStream.ReadAllAsync(context.CancellationToken).ToListAsync(context.CancellationToken);
        Assert.Equal((4u, 6u), (requests[0].Header.Height, requests[0].Header.Width));
        var frames = requests.Skip(1).Select(request => request.Frame).ToList();
        Assert.Equal(Enumerable.Range(0, frames.Count), frames.Select(frame => (int)frame.Index));
        var tokens = await fake.EncodeAsync([.. frames.Select(frame => frame.Rgb.Memory)], FakeModels.Set, WireScope.Of(context));
        foreach (var (latent, index) in tokens.Chunk(6).Select((latent, index) => (latent, index)))
        {
            await responseStream.WriteAsync(
                new() { LatentFrame = (uint)index, Tokens = WireTensor.FromTokens(latent, FakeModels.CodebookSize, 2, 3) }, context.CancellationToken);
        }
    }

    public override async Task DecodeVideo(
        IAsyncStreamReader<DecodeVideoRequest> requestStream, IServerStreamWriter<DecodeVideoResponse> responseStream, ServerCallContext context)
    {
        var requests = await requestStream.ReadAllAsync(context.CancellationToken).ToListAsync(context.CancellationToken);
        var first = requests[0].Header.FirstFrame;
        var latents = requests.Skip(1).Select(request => request.LatentFrame).ToList();
        Assert.Equal(Enumerable.Range(0, latents.Count), latents.Select(latent => (int)latent.Index));
        int[] tokens = [.. latents.SelectMany(latent => WireTensorReader.ReadTokens(latent.Tokens, "tokens", FakeModels.CodebookSize, 2, 3))];
        foreach (var frame in await fake.DecodeAsync(tokens, (int)first, FakeModels.Set, WireScope.Of(context)))
        {
            await responseStream.WriteAsync(
                new() { Frame = new() { Index = first++, Rgb = UnsafeByteOperations.UnsafeWrap(frame) } }, context.CancellationToken);
        }
    }

    public override async Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        var card = await fake.GetModelAsync(WireScope.Of(context));
        return new()
        {
            Model = card.Model.ToWire(),
            Height = (uint)card.Height,
            Width = (uint)card.Width,
            Rows = (uint)card.Rows,
            Columns = (uint)card.Columns,
            TemporalPatch = (uint)card.TemporalPatch,
            CodebookSize = (uint)card.CodebookSize,
            MaxLatentFrames = (uint)card.MaxLatentFrames,
            FramesPerSecond = card.FramesPerSecond,
        };
    }
}
