using Phenaki.Geometry;

namespace Phenaki.Trainer.Data;

/// <summary>Opens what the settings of a training name.</summary>
internal static class ClipSources
{
    /// <summary>Opens the user's own clips, or StoryWorld where there are none.</summary>
    /// <param name="config">The clips; null for StoryWorld.</param>
    /// <param name="world">What of StoryWorld is drawn.</param>
    /// <param name="geometry">Size of the frames.</param>
    /// <param name="framesPerSecond">Rate of the frames.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="log">Told of what is skipped.</param>
    /// <param name="cancellationToken">Stops the reading of names and captions.</param>
    /// <returns>The source, and the data's part of what a run must go on with: null for StoryWorld.</returns>
    /// <exception cref="InvalidOperationException">The folder is missing or holds nothing with a caption.</exception>
    public static async Task<(IClipSource Source, DataConfig? Lasting)> OpenAsync(
        DataConfig? config, WorldConfig world, VideoGeometry geometry, double framesPerSecond, ulong seed, TextWriter log, CancellationToken cancellationToken)
    {
        if (config is null)
        {
            return (new StoryWorldSource(seed, world), null);
        }

        var index = await MediaIndex.ReadAsync(config.Path, cancellationToken).ConfigureAwait(false);
        await log.WriteLineAsync($"{config.Path}: {index.Entries.Count} videos and pictures.{MediaIndex.Reasons(index.Skipped)}".AsMemory(), cancellationToken).ConfigureAwait(false);

        // The folder may move; what stands in it may not change. Memory and cache change nothing that is learned.
        return (new MediaSource(index, config, geometry, framesPerSecond, seed, log), config with { Path = index.Fingerprint(), MemoryMegabytes = 0, TokenCacheMegabytes = 0 });
    }
}
