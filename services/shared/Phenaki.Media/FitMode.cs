namespace Phenaki.Media;

/// <summary>How a picture of one shape becomes one of another.</summary>
public enum FitMode
{
    /// <summary>Fill the whole frame and cut off what stands out, equally at both sides.</summary>
    Crop,

    /// <summary>Show the whole picture, with black bars where it does not reach.</summary>
    Letterbox,

    /// <summary>Show the whole picture, distorted.</summary>
    Stretch,
}
