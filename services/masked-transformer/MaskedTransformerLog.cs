namespace Phenaki.MaskedTransformer;

internal static partial class MaskedTransformerLog
{
    [LoggerMessage(5001, LogLevel.Information, "Loaded {Name} {Version}, {Parameters} parameters, fingerprint {Fingerprint}, device {Device}, up to {Clips} clips in a forward pass.")]
    public static partial void Loaded(ILogger logger, string name, string version, long parameters, string fingerprint, string device, int clips);

    [LoggerMessage(5002, LogLevel.Debug, "Sampled clip {Clip} of scene {Scene}: {LatentFrames} latent frames, {PrefixTokens} tokens known, {Steps} steps.")]
    public static partial void Sampled(ILogger logger, uint clip, uint scene, int latentFrames, int prefixTokens, int steps);
}
