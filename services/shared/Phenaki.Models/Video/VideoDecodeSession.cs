using Phenaki.Geometry;
using Phenaki.Models.Blocks;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>Decodes one video, some latent frames at a time; like <see cref="VideoEncodeSession"/> the only way there is.</summary>
public sealed class VideoDecodeSession : IDisposable
{
    private readonly VideoTokenizerNetwork _network;
    private readonly VideoGeometry _geometry;
    private readonly int _codebookSize;
    private readonly int _maxLatentFrames;
    private readonly int _together;
    private readonly int _firstFrame;
    private readonly Device _device;
    private readonly IReadOnlyList<KeyValueCache> _past;

    internal VideoDecodeSession(VideoTokenizerNetwork network, VideoGeometry geometry, int codebookSize, int maxLatentFrames, int together, int firstFrame, Device device)
    {
        _network = network;
        _geometry = geometry;
        _codebookSize = codebookSize;
        _maxLatentFrames = maxLatentFrames;
        _together = together;
        _firstFrame = firstFrame;
        _device = device;
        _past = network.NewCaches();
    }

    /// <summary>Latent frames done.</summary>
    public int LatentFrames { get; private set; }

    /// <summary>Takes in the tokens of the next latent frames. How many come at a time changes no frame, only the time it takes.</summary>
    /// <param name="latentFrames">For each latent frame rows * columns tokens, row-major, each below the codebook size.</param>
    /// <returns>Those of their frames that are wanted, height * width * 3 bytes each: a video has one for its first latent frame, then the temporal patch for each.</returns>
    /// <exception cref="ArgumentException">Another number of tokens, or a token outside the codebook.</exception>
    /// <exception cref="InvalidOperationException">The session would have more than its most latent frames.</exception>
    public IReadOnlyList<byte[]> Append(params IReadOnlyList<int[]> latentFrames)
    {
        foreach (int[] tokens in latentFrames)
        {
            Check(tokens);
        }

        if (latentFrames.Count > _maxLatentFrames - LatentFrames)
        {
            throw new InvalidOperationException($"The video has more than {_maxLatentFrames} latent frames.");
        }

        return [.. latentFrames.Chunk(_together).SelectMany(Decode)];
    }

    private void Check(int[] tokens)
    {
        if (tokens.Length != _geometry.TokensPerLatentFrame)
        {
            throw new ArgumentException($"A latent frame has {tokens.Length} tokens; the model has {_geometry.Rows}x{_geometry.Columns}.", nameof(tokens));
        }

        foreach (int token in tokens)
        {
            if (token < 0 || token >= _codebookSize)
            {
                throw new ArgumentException($"Token {token} is outside the codebook of {_codebookSize} codes.", nameof(tokens));
            }
        }
    }

    private List<byte[]> Decode(int[][] latentFrames)
    {
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        int[] tokens = [.. latentFrames.SelectMany(latentFrame => latentFrame)];
        var codes = _network.Quantizer.Codes(tensor(tokens, [1, latentFrames.Length, _geometry.TokensPerLatentFrame], dtype: ScalarType.Int64, device: _device));
        int context = Enumerable.Range(LatentFrames, latentFrames.Length).Count(latentFrame => _geometry.FirstFrame(latentFrame + 1) <= _firstFrame);
        int next = _geometry.FirstFrame(LatentFrames + context);
        List<byte[]> frames = [];
        foreach (var decoded in _network.DecodeNext(codes, LatentFrames == 0, context, _past))
        {
            foreach (byte[] frame in FramePixels.ToBytes(decoded).Chunk(_geometry.FrameBytes))
            {
                if (next++ >= _firstFrame)
                {
                    frames.Add(frame);
                }
            }
        }

        LatentFrames += latentFrames.Length;
        return frames;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var cache in _past)
        {
            cache.Dispose();
        }
    }
}
