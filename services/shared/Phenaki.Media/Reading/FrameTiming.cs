namespace Phenaki.Media.Reading;

/// <summary>Resampling in time: every new frame is the old frame that is shown at the middle of the new one's time.</summary>
internal static class FrameTiming
{
    /// <summary>Frames at the new rate: as many as fit the duration, rounded, at least 1.</summary>
    public static int CountAt(IReadOnlyList<double> seconds, double framesPerSecond) =>
        (int)Math.Clamp(Math.Round(seconds.Sum() * framesPerSecond), 1, int.MaxValue);

    /// <summary>The number of the old frame for each new frame.</summary>
    public static int[] SourcesAt(IReadOnlyList<double> seconds, double framesPerSecond)
    {
        var sources = new int[CountAt(seconds, framesPerSecond)];
        int source = 0;
        double end = seconds[0];
        for (int i = 0; i < sources.Length; i++)
        {
            double middle = (i + 0.5) / framesPerSecond;
            while (end <= middle && source < seconds.Count - 1)
            {
                end += seconds[++source];
            }

            sources[i] = source;
        }

        return sources;
    }
}
