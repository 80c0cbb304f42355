using Phenaki.Geometry;
using Phenaki.Models.Blocks;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>
/// Encodes one video, some frames at a time, with keys and values of the past kept. There is no other way to encode: a whole clip is a stream that has come to
/// its end, so that both give the same tokens, exactly.
/// </summary>
public sealed class VideoEncodeSession : IDisposable
{
    private readonly VideoTokenizerNetwork _network;
    private readonly VideoGeometry _geometry;
    private readonly int _maxLatentFrames;
    private readonly int _together;
    private readonly Device _device;
    private readonly IReadOnlyList<KeyValueCache> _past;
    private readonly List<byte[]> _waiting = [];

    internal VideoEncodeSession(VideoTokenizerNetwork network, VideoGeometry geometry, int maxLatentFrames, int together, Device device)
    {
        _network = network;
        _geometry = geometry;
        _maxLatentFrames = maxLatentFrames;
        _together = together;
        _device = device;
        _past = network.NewCaches();
    }

    /// <summary>Latent frames done.</summary>
    public int LatentFrames { get; private set; }

    /// <summary>True when no frame waits for the rest of its latent frame: the video may end here.</summary>
    public bool AtLatentBoundary => _waiting.Count == 0 && LatentFrames > 0;

    /// <summary>Takes in the next frames. How many come at a time changes no token, only the time it takes.</summary>
    /// <param name="frames">Pixels of each, 3 bytes a pixel, row-major: height * width * 3 bytes. Not to be written to before the session has given the tokens.</param>
    /// <returns>Tokens [rows * columns] of each latent frame that the frames complete.</returns>
    /// <exception cref="ArgumentException">A frame has another size.</exception>
    /// <exception cref="InvalidOperationException">The session would have more than its most latent frames.</exception>
    public IReadOnlyList<int[]> Append(params IReadOnlyList<byte[]> frames)
    {
        if (frames.FirstOrDefault(frame => frame.Length != _geometry.FrameBytes) is { } wrong)
        {
            throw new ArgumentException(
                $"A frame has {wrong.Length} bytes; {_geometry.Height}x{_geometry.Width} pixels are {_geometry.FrameBytes}.", nameof(frames));
        }

        int most = _geometry.Frames(_maxLatentFrames);
        if (_geometry.FirstFrame(LatentFrames) + _waiting.Count + frames.Count > most)
        {
            throw new InvalidOperationException($"The video has more than {most} frames.");
        }

        List<int[]> tokens = [];
        foreach (byte[] frame in frames)
        {
            _waiting.Add(frame);
            if (_waiting.Count == _geometry.FirstFrame(LatentFrames + _together) - _geometry.FirstFrame(LatentFrames))
            {
                tokens.AddRange(Encode(_together));
            }
        }

        int whole = 0;
        while (_geometry.FirstFrame(LatentFrames + whole + 1) - _geometry.FirstFrame(LatentFrames) <= _waiting.Count)
        {
            whole++;
        }

        if (whole > 0)
        {
            tokens.AddRange(Encode(whole));
        }

        return tokens;
    }

    private IEnumerable<int[]> Encode(int latentFrames)
    {
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        int count = _geometry.FirstFrame(LatentFrames + latentFrames) - _geometry.FirstFrame(LatentFrames);
        byte[] pixels = FramePixels.Join(_waiting.GetRange(0, count), _geometry.FrameBytes);
        var frames = FramePixels.FromBytes(pixels, [1, count, _geometry.Height, _geometry.Width], _device);
        var rows = _network.EncodeNext(frames, LatentFrames == 0, _past);
        var indices = _network.Quantizer.Indices(_network.Quantizer.Bound(rows));
        _waiting.RemoveRange(0, count);
        LatentFrames += latentFrames;
        return indices.to_type(ScalarType.Int32).cpu().data<int>().ToArray().Chunk(_geometry.TokensPerLatentFrame);
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
