namespace Phenaki.VideoTokenizer;

internal static partial class VideoTokenizerLog
{
    [LoggerMessage(4001, LogLevel.Information, "Loaded {Name} {Version}, {Parameters} parameters, fingerprint {Fingerprint}, device {Device}.")]
    public static partial void Loaded(ILogger logger, string name, string version, long parameters, string fingerprint, string device);

    [LoggerMessage(4002, LogLevel.Debug, "Encoded {Frames} frames.")]
    public static partial void Encoded(ILogger logger, int frames);

    [LoggerMessage(4003, LogLevel.Debug, "Decoded {LatentFrames} latent frames.")]
    public static partial void Decoded(ILogger logger, int latentFrames);
}
