using Google.Protobuf;
using Microsoft.Extensions.Options;
using Phenaki.Contracts;
using Phenaki.VideoTokenizer.V1;

namespace Phenaki.Orchestrator.Clients;

/// <summary>The video tokenizer over gRPC.</summary>
internal sealed class GrpcVideoTokenizerClient(ModelChannels channels, IOptions<OrchestratorOptions> options, TimeProvider time)
    : IVideoTokenizerClient
{
    private readonly VideoTokenizerService.VideoTokenizerServiceClient _client = new(channels.VideoTokenizer);
    private readonly ServiceCalls _calls = new("video-tokenizer", options.Value.VideoTokenizerAddress, time);

    /// <inheritdoc/>
    public Task<VideoTokenizerCard> GetModelAsync(CallScope scope) => _calls.AskAsync(scope, options.Value.GetModelTimeout, async call =>
    {
        var model = await _client.GetModelAsync(new(), call);
        return new VideoTokenizerCard(
            model.Model.ToCard(),
            WireCards.Number(model.Height),
            WireCards.Number(model.Width),
            WireCards.Number(model.Rows),
            WireCards.Number(model.Columns),
            WireCards.Number(model.TemporalPatch),
            WireCards.Number(model.CodebookSize),
            WireCards.Number(model.MaxLatentFrames),
            model.FramesPerSecond);
    });

    /// <inheritdoc/>
    public Task<int[]> EncodeAsync(IReadOnlyList<ReadOnlyMemory<byte>> frames, ModelSet models, CallScope scope) => _calls.RunAsync(scope, async () =>
    {
        var geometry = models.Geometry;
        var tokens = new int[geometry.Tokens(geometry.LatentFrames(frames.Count))];
        var received = 0;
        var call = _client.EncodeVideo(_calls.Options(scope, options.Value.TokenizerTimeout));
        await ServiceCalls.ExchangeAsync(call, Requests(), Receive, scope.CancellationToken);
        return received * geometry.TokensPerLatentFrame == tokens.Length
            ? tokens
            : throw _calls.Faulty($"It sent {received} latent frames for {frames.Count} frames.");

        IEnumerable<EncodeVideoRequest> Requests() =>
        [
            new() { Header = new() { Height = (uint)geometry.Height, Width = (uint)geometry.Width } },
            .. frames.Select((rgb, index) => new EncodeVideoRequest { Frame = new() { Index = (uint)index, Rgb = UnsafeByteOperations.UnsafeWrap(rgb) } }),
        ];

        Task Receive(EncodeVideoResponse response)
        {
            if (response.LatentFrame != received || geometry.Tokens(received) >= tokens.Length)
            {
                throw _calls.Faulty($"It sent latent frame {response.LatentFrame}, where {received} would be the next, of {frames.Count} frames.");
            }

            WireTensorReader.ReadTokens(response.Tokens, "tokens", models.VideoTokenizer.CodebookSize, geometry.Rows, geometry.Columns)
                .CopyTo(tokens, geometry.Tokens(received++));
            return Task.CompletedTask;
        }
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> DecodeAsync(int[] tokens, int firstFrame, ModelSet models, CallScope scope) =>
        _calls.RunAsync<IReadOnlyList<ReadOnlyMemory<byte>>>(scope, async () =>
        {
            var geometry = models.Geometry;
            var latentFrames = tokens.Length / geometry.TokensPerLatentFrame;
            var frames = new List<ReadOnlyMemory<byte>>(geometry.Frames(latentFrames) - firstFrame);
            var call = _client.DecodeVideo(_calls.Options(scope, options.Value.TokenizerTimeout));
            await ServiceCalls.ExchangeAsync(call, Requests(), Receive, scope.CancellationToken);
            return frames.Count == geometry.Frames(latentFrames) - firstFrame
                ? frames
                : throw _calls.Faulty($"It sent {frames.Count} frames from {firstFrame} on for {latentFrames} latent frames.");

            IEnumerable<DecodeVideoRequest> Requests() =>
            [
                new() { Header = new() { FirstFrame = (uint)firstFrame } },
                .. Enumerable.Range(0, latentFrames).Select(LatentFrame),
            ];

            DecodeVideoRequest LatentFrame(int index) => new()
            {
                LatentFrame = new()
                {
                    Index = (uint)index,
                    Tokens = WireTensor.FromTokens(
                        tokens.AsSpan(geometry.Tokens(index), geometry.TokensPerLatentFrame),
                        models.VideoTokenizer.CodebookSize,
                        geometry.Rows,
                        geometry.Columns),
                },
            };

            Task Receive(DecodeVideoResponse response)
            {
                var next = firstFrame + frames.Count;
                if (response.Frame?.Index != next || response.Frame.Rgb.Length != geometry.FrameBytes || next >= geometry.Frames(latentFrames))
                {
                    throw _calls.Faulty(
                        $"It sent frame {response.Frame?.Index} of {response.Frame?.Rgb.Length} bytes, where {next} of {geometry.FrameBytes} bytes would be the next.");
                }

                frames.Add(response.Frame.Rgb.Memory);
                return Task.CompletedTask;
            }
        });
}
