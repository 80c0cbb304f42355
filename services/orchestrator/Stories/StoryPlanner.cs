using Phenaki.Geometry;

namespace Phenaki.Orchestrator.Stories;

/// <summary>
/// Cuts the scenes of a story into clips (arXiv 2210.02399, section 2.3): the first clip is all new, every later one starts with the last
/// K frames shown, encoded again, and adds as many latent frames as a clip still has room for and the scene still needs.
/// </summary>
internal sealed class StoryPlanner
{
    private readonly VideoGeometry _geometry;
    private readonly int _clipLatentFrames;
    private readonly int _prefixFrames;

    /// <summary>Creates a planner.</summary>
    /// <param name="geometry">Geometry of the video tokenizer.</param>
    /// <param name="clipLatentFrames">Most latent frames of a clip, prefix included.</param>
    /// <param name="prefixFrames">K: most frames of a prefix; of the form 1 + n * temporal patch, and fewer latent frames than a clip has.</param>
    /// <exception cref="ArgumentException">The prefix is no whole clip, or leaves no room for a new frame.</exception>
    public StoryPlanner(VideoGeometry geometry, int clipLatentFrames, int prefixFrames)
    {
        if (geometry.LatentFrames(prefixFrames) >= clipLatentFrames)
        {
            throw new ArgumentException(
                $"A prefix of {prefixFrames} frames leaves no room in a clip of {clipLatentFrames} latent frames.", nameof(prefixFrames));
        }

        _geometry = geometry;
        _clipLatentFrames = clipLatentFrames;
        _prefixFrames = prefixFrames;
    }

    /// <summary>Frames that the next clip starts with, of those that have been shown: the longest whole clip of at most K; 0 when there are none.</summary>
    public int PrefixFrames(int shownFrames) => shownFrames == 0 ? 0 : _geometry.LargestWholeClip(Math.Min(shownFrames, _prefixFrames));

    /// <summary>The clips of a story in order, made one by one: a plan takes no memory, however long the story.</summary>
    /// <param name="sceneFrames">Frames of each scene, each at least 1.</param>
    /// <param name="openingFrames">Frames given to go on from.</param>
    public IEnumerable<ClipPlan> Plan(IEnumerable<int> sceneFrames, int openingFrames)
    {
        var scene = 0;
        var made = 0;
        foreach (var frames in sceneFrames)
        {
            var clip = 0;
            for (var remaining = frames; remaining > 0; clip++)
            {
                var next = Next(scene, clip, made, remaining, openingFrames);
                remaining -= next.NewFrames;
                made += next.NewFrames;
                yield return next;
            }

            scene++;
        }
    }

    /// <summary>One clip. A scene that ends with it is cut into the same clips as one that goes on, since all but the last are full.</summary>
    /// <param name="scene">Number of its scene.</param>
    /// <param name="clip">Its number in the scene.</param>
    /// <param name="made">Frames of the story before it.</param>
    /// <param name="remaining">Frames that the scene still needs, at least 1.</param>
    /// <param name="openingFrames">Frames given to go on from.</param>
    public ClipPlan Next(int scene, int clip, int made, int remaining, int openingFrames)
    {
        // Beyond K it does not matter how many there are, and the sum could overflow.
        var prefix = PrefixFrames(Math.Min(openingFrames, _prefixFrames) + Math.Min(made, _prefixFrames));
        var prefixLatent = prefix == 0 ? 0 : _geometry.LatentFrames(prefix);

        // Covering prefix and remainder together: the first latent frame of a clip holds one frame, every later one a temporal patch.
        var latent = (int)Math.Min(_clipLatentFrames, 1 + (((long)prefix + remaining - 2 + _geometry.TemporalPatch) / _geometry.TemporalPatch));
        var added = Math.Min(remaining, _geometry.Frames(latent) - prefix);
        return new(scene, clip, made, prefix, prefixLatent, latent, added, remaining == added);
    }

    /// <summary>Clips of a scene that begins after some frames of the story.</summary>
    /// <param name="frames">Frames of the scene.</param>
    /// <param name="made">Frames of the story before it.</param>
    /// <param name="openingFrames">Frames given to go on from.</param>
    public int CountClips(int frames, int made, int openingFrames)
    {
        var clips = 0;
        for (var remaining = frames; remaining > 0; clips++)
        {
            var next = Next(0, clips, made, remaining, openingFrames);
            (made, remaining) = (made + next.NewFrames, remaining - next.NewFrames);
        }

        return clips;
    }

    /// <summary>Clips of each scene.</summary>
    /// <inheritdoc cref="Plan(IEnumerable{int}, int)"/>
    public int[] CountClips(IReadOnlyCollection<int> sceneFrames, int openingFrames)
    {
        var clips = new int[sceneFrames.Count];
        foreach (var clip in Plan(sceneFrames, openingFrames))
        {
            clips[clip.Scene]++;
        }

        return clips;
    }
}
