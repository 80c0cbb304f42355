namespace Phenaki.Trainer.Data;

/// <summary>Of what training draws in StoryWorld, how much is what. What is held out, and measured, is always drawn alike.</summary>
internal sealed record WorldConfig
{
    /// <summary>
    /// Part of the clips that change scene, 0 to 1. Default 0.4, more than the world's own 0.22: half of a story's clips begin where the scene changes, and there subjects
    /// lose their shape first.
    /// </summary>
    public double SceneChanges { get; init; } = 0.4;

    /// <summary>Part of the scenes whose place is drawn in another style than the subject or mirrored, 0 to 1. Default 0.35.</summary>
    public double Collages { get; init; } = 0.35;

    /// <summary>Part of the others that show a deed which nobody asks for, 0 to 1. Default 0.2.</summary>
    public double FurtherDeeds { get; init; } = 0.2;

    /// <summary>Part of the scenes without a collage that are drawn in another style than the plain one, 0 to 1. Default 0.25.</summary>
    public double Styles { get; init; } = 0.25;

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    /// <param name="isDrawn">False where a training has clips of the user's own.</param>
    public IEnumerable<string> Violations(bool isDrawn)
    {
        foreach (var (name, value) in new[] { ("scene_changes", SceneChanges), ("collages", Collages), ("further_deeds", FurtherDeeds), ("styles", Styles) })
        {
            if (!(value >= 0 && value <= 1))
            {
                yield return $"world.{name} is {value}; allowed are 0 to 1";
            }
        }

        if (!isDrawn && this != new WorldConfig())
        {
            yield return "world is set, but so is data: StoryWorld is not drawn then; allowed is one of the two";
        }
    }
}
