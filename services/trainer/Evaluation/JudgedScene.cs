using Phenaki.Trainer.Judging;
using Phenaki.Trainer.StoryWorld;

namespace Phenaki.Trainer.Evaluation;

/// <summary>A scene that was told, and what the judge made of it.</summary>
/// <param name="Where">What it belongs to: "clips", or a story and its scene.</param>
/// <param name="Scene">What was to be seen.</param>
/// <param name="Seen">What was seen in the generated clip.</param>
/// <param name="SeenOnReal">What was seen in the same scene as the world draws it.</param>
internal sealed record JudgedScene(string Where, SceneSpec Scene, Verdict Seen, Verdict SeenOnReal)
{
    /// <summary>Whether subject, place and action are right.</summary>
    public bool IsRight => Seen.Agrees(Scene);

    /// <summary>The same of the real scene: a fault of the judge where it is not.</summary>
    public bool IsRightOnReal => SeenOnReal.Agrees(Scene);
}
