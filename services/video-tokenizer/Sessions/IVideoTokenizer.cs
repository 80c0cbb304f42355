using Phenaki.Geometry;
using Phenaki.Models;

namespace Phenaki.VideoTokenizer.Sessions;

/// <summary>The model as the engine sees it; tests put their own in its place. Calls, those of its sessions included, must not overlap.</summary>
internal interface IVideoTokenizer : IDisposable
{
    /// <summary>Name, version and fingerprint.</summary>
    ModelIdentity Identity { get; }

    /// <summary>Frame, patch and token arithmetic.</summary>
    VideoGeometry Geometry { get; }

    /// <summary>Number of codes; tokens are below it.</summary>
    int CodebookSize { get; }

    /// <summary>Most latent frames in a session.</summary>
    int MaxLatentFrames { get; }

    /// <summary>Frames per second of the training clips.</summary>
    double FramesPerSecond { get; }

    /// <summary>Most latent frames that the model takes together, at least 1.</summary>
    int LatentFramesTogether { get; }

    /// <summary>Begins to encode a video.</summary>
    IVideoEncodeSession BeginEncode();

    /// <summary>Begins to decode a video.</summary>
    /// <param name="firstFrame">First frame that is wanted; those before it are context.</param>
    IVideoDecodeSession BeginDecode(int firstFrame);
}
