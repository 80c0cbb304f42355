namespace Phenaki.Models.Masked;

/// <summary>Finds out, on the machine at hand, how many clips should share a forward pass.</summary>
public static class BatchSweep
{
    private const int Steps = 2;

    // A larger batch delays every clip in it: it must be worth it.
    private const double WorthIt = 0.98;

    /// <summary>
    /// Tries 1, 2, 4 and so on clips of the largest grid with guidance, and takes the number with the least time for a clip. On a CPU it stops where a clip's tokens are
    /// no longer those it has alone: the kernels of a matrix product may add in another order when it has more rows, and the same request must give the same bytes.
    /// </summary>
    /// <param name="model">The model; no clip of it may be under way.</param>
    /// <param name="most">Most clips to try, at least 1.</param>
    /// <param name="memory">Most bytes for the intermediate results of a forward pass; one clip is allowed in any case.</param>
    /// <param name="time">Clock.</param>
    /// <returns>Clips for a forward pass, 1 to <paramref name="most"/>.</returns>
    public static int Run(MaskedTransformerModel model, int most, long memory, TimeProvider time)
    {
        bool Fits(int count) => count <= most && count * BytesForAClip(model.Config) <= memory;
        int best = 1;
        if (!Fits(2))
        {
            return best;
        }

        var (alone, bestSeconds) = Sample(model, [0], time);
        for (int count = 2; Fits(count); count *= 2)
        {
            while (model.IsOnCpu && alone.Count < count)
            {
                alone.AddRange(Sample(model, [alone.Count], time).Tokens);
            }

            model.MaxClipsPerForward = count;
            var (tokens, seconds) = Sample(model, [.. Enumerable.Range(0, count)], time);
            model.MaxClipsPerForward = 1;
            if (model.IsOnCpu && !tokens.Zip(alone).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
            {
                break;
            }

            if (seconds / count < WorthIt * bestSeconds)
            {
                (best, bestSeconds) = (count, seconds / count);
            }
        }

        return best;
    }

    /// <summary>Bytes of the intermediate results of a forward pass for a clip of the largest grid with guidance: what lives at the same time in a layer.</summary>
    public static long BytesForAClip(MaskedTransformerConfig model) =>
        2L * model.MaxLatentFrames * model.Rows * model.Columns * ((8L * model.Width) + (2L * model.Mlp)) * sizeof(float);

    private static (List<int[]> Tokens, double Seconds) Sample(MaskedTransformerModel model, IReadOnlyList<int> numbers, TimeProvider time)
    {
        List<ClipSampler> clips = [.. numbers.Select(number => model.BeginClip(Request(model, number)))];
        try
        {
            // The first step warms up.
            model.Step(clips);
            long start = time.GetTimestamp();
            for (int step = 1; step < Steps; step++)
            {
                model.Step(clips);
            }

            return ([.. clips.Select(clip => clip.Tokens)], time.GetElapsedTime(start).TotalSeconds);
        }
        finally
        {
            clips.ForEach(clip => clip.Dispose());
        }
    }

    // All latent frames in one stage: the first of several is known.
    private static ClipRequest Request(MaskedTransformerModel model, int number) => new()
    {
        TextEmbedding = [.. Enumerable.Range(0, model.TextWidth).Select(i => MathF.Sin(i + (1.3f * number)))],
        TextTokens = 1,
        LatentFrames = model.MaxLatentFrames,
        PrefixTokens = model.MaxLatentFrames == 1 ? [] : new int[model.Rows * model.Columns],
        Sampling = model.DefaultSampling with { Steps = 2 * Steps, GuidanceScale = 2 },
        Seed = (ulong)number,
    };
}
