namespace Phenaki.Trainer.StoryWorld;

/// <summary>What a scene holds beside its subject.</summary>
[Flags]
public enum SceneExtras
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>A puddle on the way.</summary>
    Puddle = 1,

    /// <summary>A small dog at the subject's side.</summary>
    Dog = 2,

    /// <summary>Fireworks in a dark sky; the picture is a night picture whatever the style.</summary>
    Fireworks = 4,

    /// <summary>Four small fishes of different colours.</summary>
    Fishes = 8,
}
