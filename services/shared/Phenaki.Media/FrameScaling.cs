namespace Phenaki.Media;

/// <summary>How frames are enlarged.</summary>
public enum FrameScaling
{
    /// <summary>Every pixel becomes a square: nothing is invented.</summary>
    Nearest,

    /// <summary>Mitchell-Netravali cubic: smooth, without ringing at hard edges.</summary>
    Smooth,
}
