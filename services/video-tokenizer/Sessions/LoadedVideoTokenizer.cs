using Phenaki.Geometry;
using Phenaki.Models;
using Phenaki.Models.Video;
using Phenaki.ServiceDefaults.Startup;

namespace Phenaki.VideoTokenizer.Sessions;

/// <summary>The model from a folder.</summary>
internal sealed class LoadedVideoTokenizer : IVideoTokenizer
{
    private readonly VideoTokenizerModel _model;

    private LoadedVideoTokenizer(VideoTokenizerModel model) => _model = model;

    /// <inheritdoc/>
    public ModelIdentity Identity => _model.Identity;

    /// <inheritdoc/>
    public VideoGeometry Geometry => _model.Geometry;

    /// <inheritdoc/>
    public int CodebookSize => _model.CodebookSize;

    /// <inheritdoc/>
    public int MaxLatentFrames => _model.MaxLatentFrames;

    /// <inheritdoc/>
    public double FramesPerSecond => _model.FramesPerSecond;

    /// <inheritdoc/>
    public int LatentFramesTogether => _model.LatentFramesTogether;

    /// <summary>Reads the folder that the options name.</summary>
    public static IVideoTokenizer Load(VideoTokenizerOptions options)
    {
        var folder = ModelFolderPath.Resolve(options.Model, "video-tokenizer", $"{VideoTokenizerOptions.Section}:{nameof(options.Model)}");
        return new LoadedVideoTokenizer(VideoTokenizerModel.Load(folder, ComputeDevice.Parse(options.Device)));
    }

    /// <inheritdoc/>
    public IVideoEncodeSession BeginEncode() => new Encoding(_model.BeginEncode());

    /// <inheritdoc/>
    public IVideoDecodeSession BeginDecode(int firstFrame) => new Decoding(_model.BeginDecode(firstFrame));

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private sealed class Encoding(VideoEncodeSession session) : IVideoEncodeSession
    {
        public IReadOnlyList<int[]> Append(IReadOnlyList<byte[]> frames) => session.Append(frames);

        public void Dispose() => session.Dispose();
    }

    private sealed class Decoding(VideoDecodeSession session) : IVideoDecodeSession
    {
        public IReadOnlyList<byte[]> Append(IReadOnlyList<int[]> latentFrames) => session.Append(latentFrames);

        public void Dispose() => session.Dispose();
    }
}
