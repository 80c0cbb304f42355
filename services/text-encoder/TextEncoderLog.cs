namespace Phenaki.TextEncoder;

internal static partial class TextEncoderLog
{
    [LoggerMessage(3001, LogLevel.Information, "Loaded {Name} {Version}, {Parameters} parameters, fingerprint {Fingerprint}, device {Device}.")]
    public static partial void Loaded(ILogger logger, string name, string version, long parameters, string fingerprint, string device);

    [LoggerMessage(3002, LogLevel.Debug, "Encoded a prompt of {Tokens} tokens, {Unknown} words of it unknown.")]
    public static partial void Encoded(ILogger logger, int tokens, int unknown);
}
