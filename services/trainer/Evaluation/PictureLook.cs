namespace Phenaki.Trainer.Evaluation;

/// <summary>How a clip looks: what tells the styles of a scene apart without a network.</summary>
/// <param name="Light">Mean light, 0 to 1.</param>
/// <param name="Colour">Mean difference of the strongest and the weakest of red, green and blue, 0 to 1.</param>
/// <param name="Contrast">Standard deviation of the light, 0 to 1.</param>
/// <param name="Outlines">Share of pixels that are almost black, 0 to 1.</param>
internal readonly record struct PictureLook(double Light, double Colour, double Contrast, double Outlines)
{
    private const double AlmostBlack = 0.16;

    /// <summary>Looks at a clip.</summary>
    /// <param name="rgb">Bytes, three a pixel; at least one pixel.</param>
    public static PictureLook Of(ReadOnlySpan<byte> rgb)
    {
        double light = 0, squared = 0, colour = 0, outlines = 0;
        for (int i = 0; i + 2 < rgb.Length; i += 3)
        {
            byte least = Math.Min(rgb[i], Math.Min(rgb[i + 1], rgb[i + 2])), most = Math.Max(rgb[i], Math.Max(rgb[i + 1], rgb[i + 2]));
            double value = (rgb[i] + rgb[i + 1] + rgb[i + 2]) / (3.0 * byte.MaxValue);
            light += value;
            squared += value * value;
            colour += (most - least) / (double)byte.MaxValue;
            outlines += value < AlmostBlack ? 1 : 0;
        }

        int pixels = rgb.Length / 3;
        double mean = light / pixels;
        return new(mean, colour / pixels, Math.Sqrt(Math.Max(0, (squared / pixels) - (mean * mean))), outlines / pixels);
    }

    /// <summary>How different another clip looks.</summary>
    public double DistanceTo(PictureLook other) => Math.Sqrt(
        Square(Light - other.Light) + Square(Colour - other.Colour) + Square(Contrast - other.Contrast) + Square(Outlines - other.Outlines));

    private static double Square(double value) => value * value;
}
