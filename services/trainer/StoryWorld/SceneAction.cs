namespace Phenaki.Trainer.StoryWorld;

/// <summary>What the subject does. The order is the class index of evaluations: append, never reorder.</summary>
public enum SceneAction
{
    /// <summary>Moves sideways in water, rocking.</summary>
    Swim,

    /// <summary>Moves sideways on the ground and turns at the edges.</summary>
    Walk,

    /// <summary>Sways, tilts and turns on the spot.</summary>
    Dance,

    /// <summary>Leaps up once in eight frames.</summary>
    Jump,

    /// <summary>Moves sideways high above the ground, leaning forward.</summary>
    Fly,

    /// <summary>Stays: stands on land, floats in water and in space, watches fireworks.</summary>
    Stand,

    /// <summary>Sinks from the surface towards the sea bed.</summary>
    Dive,
}
