using Phenaki.Trainer.StoryWorld;

namespace Phenaki.Trainer.Judging;

/// <summary>What the judge sees in a clip.</summary>
/// <param name="Subject">Who.</param>
/// <param name="Place">Where.</param>
/// <param name="Action">Doing what.</param>
/// <param name="Features">Numbers that describe the clip.</param>
internal sealed record Verdict(Subject Subject, Place Place, SceneAction Action, float[] Features)
{
    /// <summary>Whether subject, place and action are those of a scene.</summary>
    public bool Agrees(SceneSpec scene) => Subject == scene.Subject && Place == scene.Place && Action == scene.Action;
}
