namespace Phenaki.Trainer.StoryWorld;

/// <summary>A place that is shown otherwise than the subject in it, as in a collage.</summary>
/// <param name="Style">How the place is drawn.</param>
/// <param name="Mirrored">Whether left and right of the place are exchanged.</param>
public sealed record Backdrop(PictureStyle Style, bool Mirrored);
