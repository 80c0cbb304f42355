using Grpc.Core;
using Phenaki.Contracts;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.VideoTokenizer.V1;

namespace Phenaki.VideoTokenizer;

/// <summary>
/// The wire of the service. A call holds what the model takes together and one message more: the rest is read when the answers to these are written.
/// </summary>
internal sealed class VideoTokenizerGrpcService(
    Warmup<VideoTokenizerEngine> warmup, VideoTokenizerMetrics metrics, ILogger<VideoTokenizerGrpcService> logger)
    : VideoTokenizerService.VideoTokenizerServiceBase
{
    /// <inheritdoc/>
    public override async Task EncodeVideo(
        IAsyncStreamReader<EncodeVideoRequest> requestStream, IServerStreamWriter<EncodeVideoResponse> responseStream, ServerCallContext context)
    {
        var engine = warmup.Value;
        var cancellation = context.CancellationToken;
        var reader = new FrameStreamReader(engine.Geometry, engine.MaxLatentFrames);
        await reader.ReadHeaderAsync(requestStream, cancellation);
        await using var session = await engine.BeginEncodeAsync(cancellation);
        var latentFrame = 0;
        int most = engine.LatentFramesTogether * engine.Geometry.TemporalPatch;
        await foreach (var frames in reader.ReadFramesAsync(requestStream, cancellation).AsTheyComeAsync(most, most, cancellation))
        {
            foreach (var tokens in await session.RunAsync("encode frames", s => s.Append(frames), cancellation))
            {
                metrics.LatentFrame("encode");
                var tensor = WireTensor.FromTokens(tokens, engine.CodebookSize, engine.Geometry.Rows, engine.Geometry.Columns);
                await responseStream.WriteAsync(new() { LatentFrame = (uint)latentFrame++, Tokens = tensor }, cancellation);
            }
        }

        session.Complete();
        VideoTokenizerLog.Encoded(logger, reader.Frames);
    }

    /// <inheritdoc/>
    public override async Task DecodeVideo(
        IAsyncStreamReader<DecodeVideoRequest> requestStream, IServerStreamWriter<DecodeVideoResponse> responseStream, ServerCallContext context)
    {
        var engine = warmup.Value;
        var cancellation = context.CancellationToken;
        var reader = new LatentFrameStreamReader(engine.Geometry, engine.CodebookSize, engine.MaxLatentFrames);
        await reader.ReadHeaderAsync(requestStream, cancellation);
        await using var session = await engine.BeginDecodeAsync(reader.FirstFrame, cancellation);
        var index = reader.FirstFrame;

        // The first does not wait for the others, even if they are there: a video is to begin as soon as it can.
        await foreach (var latentFrames in reader.ReadTokensAsync(requestStream, cancellation).AsTheyComeAsync(1, engine.LatentFramesTogether, cancellation))
        {
            foreach (var frame in await session.RunAsync("decode latent frames", s => s.Append(latentFrames), cancellation))
            {
                await responseStream.WriteAsync(new() { Frame = WireTensor.Frame(index++, frame) }, cancellation);
            }

            latentFrames.ForEach(_ => metrics.LatentFrame("decode"));
        }

        session.Complete();
        VideoTokenizerLog.Decoded(logger, reader.LatentFrames);
    }

    /// <inheritdoc/>
    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        var engine = warmup.Value;
        return Task.FromResult(new GetModelResponse
        {
            Model = WireModel.Info(engine.Identity.Name, engine.Identity.Version, engine.Identity.Fingerprint, engine.Identity.Parameters),
            Height = (uint)engine.Geometry.Height,
            Width = (uint)engine.Geometry.Width,
            Rows = (uint)engine.Geometry.Rows,
            Columns = (uint)engine.Geometry.Columns,
            TemporalPatch = (uint)engine.Geometry.TemporalPatch,
            CodebookSize = (uint)engine.CodebookSize,
            MaxLatentFrames = (uint)engine.MaxLatentFrames,
            FramesPerSecond = engine.FramesPerSecond,
        });
    }
}
