namespace Phenaki.Trainer.StoryWorld;

/// <summary>How a scene is drawn.</summary>
public enum PictureStyle
{
    /// <summary>As the art is; captions do not name it.</summary>
    Plain,

    /// <summary>Grey lines and hatching on paper.</summary>
    Pencil,

    /// <summary>Few strong colours and dark outlines.</summary>
    Cartoon,

    /// <summary>Dark, with stars where there is a sky.</summary>
    Night,
}
