namespace Phenaki.Trainer.StoryWorld;

/// <summary>Where a scene plays. The order is the class index of evaluations: append, never reorder.</summary>
public enum Place
{
    /// <summary>The surface of the sea by day.</summary>
    Ocean,

    /// <summary>Between the surface and the sea bed.</summary>
    UnderWater,

    /// <summary>The red plain of Mars.</summary>
    Mars,

    /// <summary>A clearing before fir trees.</summary>
    Forest,

    /// <summary>A snow field before mountains, with falling flakes.</summary>
    Snow,

    /// <summary>Among stars and a ringed planet.</summary>
    Space,
}
