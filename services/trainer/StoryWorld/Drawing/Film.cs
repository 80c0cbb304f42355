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
        // Even phases only: clips of a story follow each other six frames apart.
        _openingPhase = 2 * random.Below(Stage.Phases / 2);
        _opening = Motion.Start(shots[0].Scene, _openingPhase, ref random);
    }

    /// <summary>Draws the frames from the first on.</summary>
    public Footage Draw(int frames)
    {
        const int Area = FrameBytes / 3;
        var footage = new Footage(new byte[frames * FrameBytes], new Box[frames], new float[frames * Area], new FrameState[frames]);
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
                var state = new FrameState(_shots[current].Scene, actor, phase);
                footage.States[time] = dissolving ? state with { Leaving = new FrameState(_shots[current - 1].Scene, leaving, phase), Since = since } : state;
                footage.Boxes[time] = SceneRenderer.Draw(
                    footage.Rgb.AsSpan(time * FrameBytes, FrameBytes), footage.Faintness.AsSpan(time * Area, Area), _stages, footage.States[time]);
            }

            var next = (phase + 1) % Stage.Phases;
            if (dissolving)
            {
                leaving = Motion.Next(_shots[current - 1].Scene, leaving, next);
            }

            actor = Motion.Next(_shots[current].Scene, actor, next);
        }

        return footage;
    }

    // A new place or style is a cut, a new action of the same subject just goes on: mixed pictures of everything with everything are many, and all of them blurred.
    private static bool Dissolves(SceneSpec before, SceneSpec after) =>
        before.Subject != after.Subject && before.Place == after.Place && before.DrawnStyle == after.DrawnStyle && before.Backdrop == after.Backdrop;
}
