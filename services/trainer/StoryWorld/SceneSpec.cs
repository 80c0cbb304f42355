namespace Phenaki.Trainer.StoryWorld;

/// <summary>What a scene shows, without its random parts (positions, direction).</summary>
/// <param name="Subject">Who.</param>
/// <param name="Place">Where.</param>
/// <param name="Action">Doing what; see <see cref="StoryWorldCatalog.Combinations"/> for what suits a place.</param>
/// <param name="Extras">What else is there.</param>
/// <param name="Style">How it is drawn. Scenes with fireworks are drawn at night in every style.</param>
/// <param name="Backdrop">How the place is drawn; null, the default, as all of the scene.</param>
public sealed record SceneSpec(
    Subject Subject,
    Place Place,
    SceneAction Action,
    SceneExtras Extras = SceneExtras.None,
    PictureStyle Style = PictureStyle.Plain,
    Backdrop? Backdrop = null)
{
    /// <summary>The style that the picture is drawn in: night wherever there are fireworks.</summary>
    internal PictureStyle DrawnStyle => Has(SceneExtras.Fireworks) ? PictureStyle.Night : Style;

    /// <summary>What training and judging tell combinations apart by: the scene in the plain style.</summary>
    internal SceneSpec Combination => this with { Style = PictureStyle.Plain, Backdrop = null };

    internal bool Has(SceneExtras extra) => (Extras & extra) != 0;
}
