namespace Phenaki.Media;

/// <summary>How much detail the colour of an AV1 video keeps.</summary>
public enum ChromaDetail
{
    /// <summary>
    /// <see cref="Full"/> at the model's own size, where a pixel of colour matters; <see cref="Half"/> once frames are enlarged,
    /// where nothing is lost by it.
    /// </summary>
    Auto,

    /// <summary>4:2:0, AV1 Main profile: hardware decoders play it.</summary>
    Half,

    /// <summary>4:4:4, AV1 High profile: software decoders, as those of Chromium and Firefox, play it.</summary>
    Full,
}
