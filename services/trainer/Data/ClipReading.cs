namespace Phenaki.Trainer.Data;

/// <summary>Draws many clips at once.</summary>
internal static class ClipReading
{
    /// <summary>Draws clips side by side, as many at a time as there are processors.</summary>
    /// <returns>The clips in the order of <paramref name="draws"/>.</returns>
    public static async Task<TrainingClip[]> DrawAllAsync(
        this IClipSource source, IReadOnlyList<ClipDraw> draws, Func<UInt128, bool> isKnown, CancellationToken cancellationToken)
    {
        var clips = new TrainingClip[draws.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, draws.Count),
            cancellationToken,
            async (i, token) => clips[i] = await source.DrawAsync(draws[i], isKnown, token).ConfigureAwait(false)).ConfigureAwait(false);
        return clips;
    }
}
