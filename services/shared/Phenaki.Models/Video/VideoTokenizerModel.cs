using Phenaki.Geometry;
using Phenaki.Models.Folders;
using static TorchSharp.torch;

namespace Phenaki.Models.Video;

/// <summary>A C-ViViT ready to serve. Frames go in and come out as bytes, tokens as numbers; no tensor leaves. Calls of one model must not overlap.</summary>
public sealed class VideoTokenizerModel : IDisposable
{
    // A clip of six latent frames, the first of which is best not kept waiting for the others.
    private const int MostTogether = 6;

    private readonly VideoTokenizerNetwork _network;
    private readonly Device _device;

    private VideoTokenizerModel(VideoTokenizerConfig config, VideoTokenizerNetwork network, ModelIdentity identity, Device device)
    {
        Config = config;
        Identity = identity;
        Geometry = config.Geometry();
        _network = network;
        _device = device;
        LatentFramesTogether = network.ExactTogether(MostTogether);
    }

    /// <summary>Sizes.</summary>
    public VideoTokenizerConfig Config { get; }

    /// <summary>Name, version and fingerprint.</summary>
    public ModelIdentity Identity { get; }

    /// <summary>Frame, patch and token arithmetic.</summary>
    public VideoGeometry Geometry { get; }

    /// <summary>Number of codes; tokens are below it.</summary>
    public int CodebookSize => Config.Quantizer.CodebookSize;

    /// <summary>Most latent frames in one session.</summary>
    public int MaxLatentFrames => Config.MaxLatentFrames;

    /// <summary>Frames per second of the training clips.</summary>
    public double FramesPerSecond => Config.FramesPerSecond;

    /// <summary>Most latent frames that go through the network together, at least 1; those of a session that are there are taken so.</summary>
    public int LatentFramesTogether { get; }

    /// <summary>Reads a model folder.</summary>
    /// <exception cref="ModelFormatException">The folder is missing, damaged, or holds another kind of model.</exception>
    public static VideoTokenizerModel Load(string folder, ComputeDevice device)
    {
        TorchRuntime.EnsureLoaded();
        using var files = ModelFolder.Open(folder, VideoTokenizerConfig.Type);
        var config = files.ReadConfig<VideoTokenizerConfig>();
        ModelFormatException.ThrowIfAny(System.IO.Path.Combine(folder, ModelFolder.ConfigFileName), config.Violations());
        var network = new VideoTokenizerNetwork(config, device.Torch);
        try
        {
            files.LoadWeights(network, device.Torch);
            network.eval();
            return new VideoTokenizerModel(config, network, files.Identify(network), device.Torch);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Begins to encode a video.</summary>
    public VideoEncodeSession BeginEncode() => new(_network, Geometry, MaxLatentFrames, LatentFramesTogether, _device);

    /// <summary>Begins to decode a video.</summary>
    /// <param name="firstFrame">First frame that is wanted; those before it are context, and cost less.</param>
    public VideoDecodeSession BeginDecode(int firstFrame = 0) => new(_network, Geometry, CodebookSize, MaxLatentFrames, LatentFramesTogether, firstFrame, _device);

    /// <inheritdoc />
    public void Dispose() => _network.Dispose();
}
