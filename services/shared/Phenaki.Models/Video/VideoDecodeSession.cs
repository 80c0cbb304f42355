using Phenaki.Geometry;
using Phenaki.Models.Blocks;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>Decodes one video, latent frame by latent frame; like <see cref="VideoEncodeSession"/> the only way there is.</summary>
public sealed class VideoDecodeSession : IDisposable
{
    private readonly VideoTokenizerNetwork _network;
    private readonly VideoGeometry _geometry;
    private readonly int _codebookSize;
    private readonly int _maxLatentFrames;
    private readonly Device _device;
    private readonly IReadOnlyList<KeyValueCache> _past;

    internal VideoDecodeSession(VideoTokenizerNetwork network, VideoGeometry geometry, int codebookSize, int maxLatentFrames, Device device)
    {
        _network = network;
        _geometry = geometry;
        _codebookSize = codebookSize;
        _maxLatentFrames = maxLatentFrames;
        _device = device;
        _past = network.NewCaches();
    }

    /// <summary>Latent frames done.</summary>
    public int LatentFrames { get; private set; }

    /// <summary>Takes in the tokens of the next latent frame.</summary>
    /// <param name="tokens">Rows * columns tokens, row-major, each below the codebook size.</param>
    /// <returns>The frames of this latent frame, height * width * 3 bytes each: one for the first latent frame, then the temporal patch.</returns>
    /// <exception cref="ArgumentException">Another number of tokens, or a token outside the codebook.</exception>
    /// <exception cref="InvalidOperationException">The session has its most latent frames.</exception>
    public IReadOnlyList<byte[]> Append(ReadOnlySpan<int> tokens)
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

        if (LatentFrames == _maxLatentFrames)
        {
            throw new InvalidOperationException($"The video has more than {_maxLatentFrames} latent frames.");
        }

        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        var codes = _network.Quantizer.Codes(tensor(tokens.ToArray(), [1, 1, tokens.Length], dtype: ScalarType.Int64, device: _device));
        var frames = _network.DecodeNext(codes, LatentFrames == 0, _past);
        var bytes = frames.add(1).mul(127.5f).round().clamp(0, 255).to_type(ScalarType.Byte).cpu().contiguous();
        var pixels = bytes.data<byte>().ToArray();
        int count = _geometry.FramesIn(LatentFrames);
        LatentFrames++;
        return [.. Enumerable.Range(0, count).Select(i => pixels.AsSpan(i * _geometry.FrameBytes, _geometry.FrameBytes).ToArray())];
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
