using System.Numerics;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>The few operations on colours that painters of places and props share.</summary>
internal static class Colours
{
    public static Vector4 Rgb(float red, float green, float blue) => new(red, green, blue, 1);

    /// <summary>From <paramref name="low"/> to <paramref name="high"/> while <paramref name="value"/> goes from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public static Vector4 Fade(Vector4 low, Vector4 high, float value, float from, float to) =>
        Vector4.Lerp(low, high, Math.Clamp((value - from) / (to - from), 0, 1));

    /// <summary>Lays a colour over another with the given strength, 0 to 1.</summary>
    public static Vector4 With(this Vector4 below, Vector4 above, float strength) =>
        Vector4.Lerp(below, above, Math.Clamp(strength, 0, 1));

    /// <summary>Distance from an ellipse's centre in radii: below 1 is inside.</summary>
    public static float Ellipse(float x, float y, float centreX, float centreY, float radiusX, float radiusY)
    {
        float dx = (x - centreX) / radiusX, dy = (y - centreY) / radiusY;
        return MathF.Sqrt((dx * dx) + (dy * dy));
    }

    /// <summary>A wave that moves one wavelength in eight phases.</summary>
    public static float Wave(float x, float wavelength, float phase) =>
        MathF.Sin(2 * MathF.PI * ((x / wavelength) + (phase / 8f)));
}
