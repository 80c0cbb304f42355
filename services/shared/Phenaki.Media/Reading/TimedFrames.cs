namespace Phenaki.Media.Reading;

/// <summary>Frames of one size, and how long each is shown in seconds (above 0).</summary>
internal sealed record TimedFrames(IReadOnlyList<byte[]> Frames, IReadOnlyList<double> Seconds);
