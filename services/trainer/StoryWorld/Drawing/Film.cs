namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>Draws scenes that follow each other as one continuous video.</summary>
internal sealed class Film
{
    private const int FrameBytes = StoryWorldDataset.FrameBytes;
    private readonly IReadOnlyList<Stage> _stages;
    private readonly IReadOnlyList<Shot> _shots;
    private readonly Actor _opening;
    private readonly int _openingPhase;

    /// <summary>Draws the random parts of the opening; all later frames follow from them.</summary>
    /// <param name="stages">Layers by style.</param>
    /// <param name="shots">Scenes with their first frames in rising order; the first one's is ignored, the second may be -1.</param>
    /// <param name="random">Source of start, direction and phase.</param>
    public Film(IReadOnlyList<Stage> stages, IReadOnlyList<Shot> shots, ref WorldRandom random)
    {
        _stages = stages;
        _shots = shots;
        _opening = Motion.Start(shots[0].Scene, ref random);
        // Even phases only: clips of a story follow each other six frames apart.
        _openingPhase = 2 * random.Below(Stage.Phases / 2);
    }

    /// <summary>Bytes [frames, 64, 64, 3], the subject's box in each frame, and how faint its art is in each pixel.</summary>
    public (byte[] Rgb, Box[] Boxes, float[] Faintness) Draw(int frames)
    {
        const int Area = FrameBytes / 3;
        var faintness = new float[frames * Area];
        var rgb = new byte[frames * FrameBytes];
        var boxes = new Box[frames];
        var dissolved = new byte[FrameBytes];
        var current = 0;
        Actor actor = _opening, leaving = default;
        for (var time = (_shots.Count > 1 ? Math.Min(0, _shots[1].From) : 0); time < frames; time++)
        {
            if (current + 1 < _shots.Count && _shots[current + 1].From == time)
            {
                current++;
                leaving = actor;
                actor = Motion.Enter(_shots[current - 1].Scene, _shots[current].Scene, actor);
            }

            var phase = (_openingPhase + time + Stage.Phases) % Stage.Phases;
            var since = time - _shots[current].From;
            var dissolving = current > 0 && since < Shot.DissolveFrames && Dissolves(_shots[current - 1].Scene, _shots[current].Scene);
            if (time >= 0)
            {
                var frame = rgb.AsSpan(time * FrameBytes, FrameBytes);
                boxes[time] = SceneRenderer.Draw(frame, faintness.AsSpan(time * Area, Area), _stages, _shots[current].Scene, actor, phase);
                if (dissolving)
                {
                    SceneRenderer.Draw(dissolved, [], _stages, _shots[current - 1].Scene, leaving, phase);
                    Mix(frame, dissolved, since);
                }
            }

            if (dissolving)
            {
                leaving = Next(_shots[current - 1].Scene, leaving, time + 1);
            }

            actor = Next(_shots[current].Scene, actor, time + 1);
        }

        return (rgb, boxes, faintness);
    }

    private static Actor Next(SceneSpec scene, Actor actor, int time) => Motion.Next(scene, actor, time);

    // A new place or style is a cut, a new action of the same subject just goes on: mixed pictures of everything with everything are many, and all of them blurred.
    private static bool Dissolves(SceneSpec before, SceneSpec after) =>
        before.Subject != after.Subject && before.Place == after.Place && before.DrawnStyle == after.DrawnStyle && before.Backdrop == after.Backdrop;

    private static void Mix(Span<byte> entering, ReadOnlySpan<byte> leaving, int since)
    {
        var weight = (since + 1) * 256 / (Shot.DissolveFrames + 1);
        for (var i = 0; i < entering.Length; i++)
        {
            entering[i] = (byte)(((entering[i] * weight) + (leaving[i] * (256 - weight)) + 128) >> 8);
        }
    }
}
