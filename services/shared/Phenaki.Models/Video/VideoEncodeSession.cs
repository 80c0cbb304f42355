using Phenaki.Geometry;
using Phenaki.Models.Blocks;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>
/// Encodes one video, frame by frame, with keys and values of the past kept. There is no other way to encode: a whole clip is a stream that has come to its
/// end, so that both give the same tokens, exactly.
/// </summary>
public sealed class VideoEncodeSession : IDisposable
{
    private readonly VideoTokenizerNetwork _network;
    private readonly VideoGeometry _geometry;
    private readonly int _maxLatentFrames;
    private readonly Device _device;
    private readonly IReadOnlyList<KeyValueCache> _past;
    private readonly byte[] _pixels;
    private int _waiting;

    internal VideoEncodeSession(VideoTokenizerNetwork network, VideoGeometry geometry, int maxLatentFrames, Device device)
    {
        _network = network;
        _geometry = geometry;
        _maxLatentFrames = maxLatentFrames;
        _device = device;
        _past = network.NewCaches();
        _pixels = new byte[geometry.TemporalPatch * geometry.FrameBytes];
    }

    /// <summary>Latent frames done.</summary>
    public int LatentFrames { get; private set; }

    /// <summary>True when no frame waits for the rest of its latent frame: the video may end here.</summary>
    public bool AtLatentBoundary => _waiting == 0 && LatentFrames > 0;

    /// <summary>Takes in the next frame.</summary>
    /// <param name="rgb">Pixels, 3 bytes each, row-major: height * width * 3 bytes.</param>
    /// <returns>Tokens [rows * columns] when the frame completes a latent frame, else null.</returns>
    /// <exception cref="ArgumentException">The frame has another size.</exception>
    /// <exception cref="InvalidOperationException">The session has its most latent frames.</exception>
    public int[]? Append(ReadOnlySpan<byte> rgb)
    {
        if (rgb.Length != _geometry.FrameBytes)
        {
            throw new ArgumentException($"A frame has {rgb.Length} bytes; {_geometry.Height}x{_geometry.Width} pixels are {_geometry.FrameBytes}.", nameof(rgb));
        }

        if (LatentFrames == _maxLatentFrames)
        {
            throw new InvalidOperationException($"The video has more than {_geometry.Frames(_maxLatentFrames)} frames.");
        }

        rgb.CopyTo(_pixels.AsSpan(_waiting * _geometry.FrameBytes));
        _waiting++;
        int depth = _geometry.FramesIn(LatentFrames);
        if (_waiting < depth)
        {
            return null;
        }

        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        var frames = tensor(_pixels.AsSpan(0, depth * _geometry.FrameBytes).ToArray(), [1, depth, _geometry.Height, _geometry.Width, 3], device: _device)
            .to_type(ScalarType.Float32).div_(127.5f).sub_(1f);
        var rows = _network.EncodeNext(frames, LatentFrames == 0, _past);
        var indices = _network.Quantizer.Indices(_network.Quantizer.Bound(rows));
        _waiting = 0;
        LatentFrames++;
        return [.. indices.to_type(ScalarType.Int32).cpu().data<int>()];
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
