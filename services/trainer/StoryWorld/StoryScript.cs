namespace Phenaki.Trainer.StoryWorld;

/// <summary>A story of several scenes, for judging whether a model changes scenes as the world does.</summary>
/// <param name="Name">Short name, usable in file names.</param>
/// <param name="Scenes">At least one scene, in order.</param>
public sealed record StoryScript(string Name, IReadOnlyList<StoryScene> Scenes)
{
    /// <summary>The teddy bear's story of the README.</summary>
    public static StoryScript TeddyBear { get; } = new("teddy-bear",
    [
        new("A teddy bear is swimming in the ocean.", new(Subject.TeddyBear, Place.Ocean, SceneAction.Swim)),
        new("The teddy bear goes under water.", new(Subject.TeddyBear, Place.UnderWater, SceneAction.Dive)),
        new("The teddy bear keeps swimming under the water with colorful fishes.",
            new(Subject.TeddyBear, Place.UnderWater, SceneAction.Swim, SceneExtras.Fishes)),
        new("A panda bear is swimming under water.", new(Subject.Panda, Place.UnderWater, SceneAction.Swim)),
    ]);

    /// <summary>The astronaut's story of the README.</summary>
    public static StoryScript Astronaut { get; } = new("astronaut",
    [
        new("An astronaut walks through a puddle on mars", new(Subject.Astronaut, Place.Mars, SceneAction.Walk, SceneExtras.Puddle)),
        new("The astronaut dances on mars", new(Subject.Astronaut, Place.Mars, SceneAction.Dance)),
        new("The astronaut walks his dog on mars", new(Subject.Astronaut, Place.Mars, SceneAction.Walk, SceneExtras.Dog)),
        new("The astronaut and his dog watch fireworks",
            new(Subject.Astronaut, Place.Mars, SceneAction.Stand, SceneExtras.Dog | SceneExtras.Fireworks)),
    ]);

    /// <summary>Both stories of the README.</summary>
    public static IReadOnlyList<StoryScript> Readme { get; } = [TeddyBear, Astronaut];
}
