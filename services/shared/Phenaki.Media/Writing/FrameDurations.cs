namespace Phenaki.Media.Writing;

/// <summary>Durations in whole ticks that add up: rounding never drifts from the frame rate.</summary>
internal static class FrameDurations
{
    /// <summary>Ticks that frame <paramref name="frame"/> (from 0) is shown.</summary>
    public static int Ticks(int frame, double framesPerSecond, int ticksPerSecond) =>
        (int)(End(frame, framesPerSecond, ticksPerSecond) - End(frame - 1, framesPerSecond, ticksPerSecond));

    private static long End(int frame, double framesPerSecond, int ticksPerSecond) =>
        (long)Math.Round((frame + 1) * ticksPerSecond / framesPerSecond, MidpointRounding.AwayFromZero);
}
