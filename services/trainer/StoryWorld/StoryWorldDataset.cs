using Phenaki.Trainer.StoryWorld.Captions;
using Phenaki.Trainer.StoryWorld.Drawing;

namespace Phenaki.Trainer.StoryWorld;

/// <summary>
/// The toy world that the shipped model learns: 64x64 pixels at 8 frames a second, drawn on the fly and deterministic
/// from the seed. Safe for use by many threads at once.
/// </summary>
public sealed class StoryWorldDataset
{
    /// <summary>Edge of a frame in pixels.</summary>
    public const int Size = 64;

    /// <summary>Bytes of a frame.</summary>
    internal const int FrameBytes = Size * Size * 3;

    /// <summary>Frames a second.</summary>
    public const double FramesPerSecond = 8;

    // Five is where the new part of a story's clip begins after its known frames; -1 is a dissolve half over when the clip begins.
    private static readonly int[] TransitionFrames = [1, 3, 5, 5, 5, 7, -1];
    private readonly IReadOnlyList<Stage> _stages = Stage.All;

    /// <summary>Every word and punctuation mark of all captions, in lower case and in ordinal order.</summary>
    public static IReadOnlyList<string> Vocabulary => CaptionGrammar.Vocabulary;

    /// <summary>Draws clip number <paramref name="index"/> of the endless collection named by <paramref name="seed"/>.</summary>
    public StoryClip Draw(ulong seed, ulong index, ClipOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Frames, 1);
        var random = new WorldRandom(seed, index);
        var scene = ScenePicker.Scene(options, ref random);
        var shots = new List<Shot> { new(scene, 0) };
        var transition = -1;
        if (options.Frames > 1 && random.Chance(options.TransitionProbability))
        {
            var from = random.Pick(TransitionFrames);
            if (from < options.Frames)
            {
                shots = [new(ScenePicker.Before(scene, ref random), 0), new(scene, from)];
                transition = Math.Max(0, from);
            }
        }

        var film = new Film(_stages, shots, ref random);
        return ClipOf(film.Draw(options.Frames), options.Frames, CaptionGrammar.Write(scene, ref random), scene, transition);
    }

    /// <summary>Draws a given scene without a transition.</summary>
    public StoryClip DrawScene(SceneSpec scene, ulong seed, int frames = 11)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        var random = new WorldRandom(seed);
        var film = new Film(_stages, [new Shot(scene, 0)], ref random);
        return ClipOf(film.Draw(frames), frames, CaptionGrammar.Write(scene, ref random), scene, -1);
    }

    /// <summary>Draws a story as one video of <paramref name="framesPerScene"/> frames a scene, at least 3; its subject keeps its place from scene to scene.</summary>
    /// <returns>Bytes [scenes * frames a scene, 64, 64, 3].</returns>
    public byte[] DrawStory(StoryScript story, ulong seed, int framesPerScene)
    {
        ArgumentNullException.ThrowIfNull(story);
        ArgumentOutOfRangeException.ThrowIfLessThan(framesPerScene, Shot.DissolveFrames + 1);
        var random = new WorldRandom(seed);
        Shot[] shots = [.. story.Scenes.Select((part, i) => new Shot(part.Scene, i == 0 ? 0 : i * framesPerScene))];
        return new Film(_stages, shots, ref random).Draw(shots.Length * framesPerScene).Rgb;
    }

    /// <summary>Draws the last frames of a scene as a story shows them: twelve frames of a scene that it can follow, or of itself, go before it.</summary>
    /// <param name="seed">Names the endless collection.</param>
    /// <param name="index">Number of the clip in it.</param>
    /// <param name="options">As for <see cref="Draw"/>; there are no other transitions.</param>
    internal StoryClip DrawLater(ulong seed, ulong index, ClipOptions options)
    {
        const int Before = 12;
        var random = new WorldRandom(seed, index);
        var scene = ScenePicker.Scene(options, ref random);
        var before = random.Chance(0.25) ? scene : ScenePicker.Before(scene, ref random);
        var film = new Film(_stages, [new Shot(before, 0), new Shot(scene, Before)], ref random);
        return ClipOf(film.Draw(Before + 1 + options.Frames), options.Frames, CaptionGrammar.Write(scene, ref random), scene, -1);
    }

    /// <summary>Writes a caption for a scene; training draws captions anew at each use.</summary>
    /// <param name="scene">What is shown.</param>
    /// <param name="seed">Chooses the words.</param>
    /// <param name="complete">True: the caption never leaves out the place or the action, as some of training do.</param>
    public static string DrawCaption(SceneSpec scene, ulong seed, bool complete = false)
    {
        ArgumentNullException.ThrowIfNull(scene);
        var random = new WorldRandom(seed);
        return CaptionGrammar.Write(scene, ref random, complete);
    }

    // The last frames of what was drawn.
    private static StoryClip ClipOf(Footage drawn, int frames, string caption, SceneSpec scene, int transition) =>
        new(drawn.Rgb[^(frames * FrameBytes)..], frames, caption, scene, transition, drawn.Boxes[^frames..], drawn.Faintness[^(frames * Size * Size)..])
        {
            States = drawn.States[^frames..],
        };
}
