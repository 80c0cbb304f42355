using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>Causal, as the real one: a latent frame depends on its frames and those before, a frame on its latent frame and those before.</summary>
internal sealed class FakeVideoTokenizer : IVideoTokenizerClient
{
    public VideoTokenizerCard Card { get; set; } = FakeModels.Video;

    public Side Encoder { get; } = new();

    public Side Decoder { get; } = new();

    public Func<CallScope, Task> OnGetModel { get; set; } = _ => Task.CompletedTask;

    public async Task<VideoTokenizerCard> GetModelAsync(CallScope scope)
    {
        await OnGetModel(scope);
        return Card;
    }

    public Task<int[]> EncodeAsync(IReadOnlyList<ReadOnlyMemory<byte>> frames, ModelSet models, CallScope scope) =>
        Encoder.RunAsync(scope, () => Encode(frames));

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> DecodeAsync(int[] tokens, int firstFrame, ModelSet models, CallScope scope) =>
        Decoder.RunAsync<IReadOnlyList<ReadOnlyMemory<byte>>>(scope, () => [.. Decode(tokens).Skip(firstFrame)]);

    public static int[] Encode(IReadOnlyList<ReadOnlyMemory<byte>> frames)
    {
        var geometry = FakeModels.Geometry;
        return [.. Enumerable.Range(0, geometry.LatentFrames(frames.Count)).SelectMany(
            latent => FakeModels.Tokens(1, ["encode", .. frames.Take(geometry.Frames(latent + 1)).Select(frame => (object)frame)]))];
    }

    public static List<ReadOnlyMemory<byte>> Decode(int[] tokens)
    {
        var geometry = FakeModels.Geometry;
        return [.. Enumerable.Range(0, tokens.Length / geometry.TokensPerLatentFrame).SelectMany(latent =>
            Enumerable.Range(0, geometry.FramesIn(latent)).Select(frame =>
                (ReadOnlyMemory<byte>)FakeModels.Bytes(geometry.FrameBytes, "decode", tokens[..geometry.Tokens(latent + 1)], frame)))];
    }

    internal sealed class Side : FakeService
    {
        public Task<T> RunAsync<T>(CallScope scope, Func<T> answer) => CallAsync(scope, () => Task.FromResult(answer()));
    }
}
