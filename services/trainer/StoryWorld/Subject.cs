namespace Phenaki.Trainer.StoryWorld;

/// <summary>Who a scene is about. The order is the class index of evaluations and the name of the art: append, never reorder.</summary>
public enum Subject
{
    /// <summary>A sitting brown teddy bear.</summary>
    TeddyBear,

    /// <summary>A panda with a large head.</summary>
    Panda,

    /// <summary>An astronaut in a white suit.</summary>
    Astronaut,

    /// <summary>A light brown dog, seen from the side.</summary>
    Dog,

    /// <summary>A dark penguin with a white belly.</summary>
    Penguin,

    /// <summary>A white robot with a dark visor and pink ears.</summary>
    Robot,

    /// <summary>A blue and yellow tropical fish.</summary>
    TropicalFish,

    /// <summary>A green dinosaur.</summary>
    Dinosaur,

    /// <summary>A grey elephant.</summary>
    Elephant,

    /// <summary>A pink-red crab.</summary>
    Crab,
}
