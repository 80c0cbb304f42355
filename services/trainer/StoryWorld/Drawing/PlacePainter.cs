using System.Numerics;
using static Phenaki.Trainer.StoryWorld.Drawing.Colours;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>Draws the places as functions of the position in a 64x64 picture and of the phase, 0 to 7; all motion repeats after 8 phases.</summary>
internal static class PlacePainter
{
    /// <summary>Row where feet stand on land.</summary>
    public const int Ground = 56;

    /// <summary>Mean row of the front waves of the ocean.</summary>
    public const int WaterLine = 40;

    /// <summary>The whole picture behind the subject.</summary>
    public static Vector4 Behind(Place place, float x, float y, int phase) => place switch
    {
        Place.Ocean => Ocean(x, y, phase),
        Place.UnderWater => Over(Bubbles(x, y, phase), UnderWater(x, y, phase)),
        Place.Mars => Mars(x, y),
        Place.Forest => Forest(x, y),
        Place.Snow => Over(Flakes(x, y, phase), Snow(x, y)),
        _ => Space(x, y, phase),
    };

    /// <summary>What lies before the subject; transparent where there is nothing.</summary>
    public static Vector4 Before(Place place, float x, float y, int phase) => place switch
    {
        Place.Ocean => FrontWaves(x, y, phase),
        Place.UnderWater => new Vector4(0.10f, 0.42f, 0.72f, 1) * 0.08f,
        _ => Vector4.Zero,
    };

    private static Vector4 Over(Vector4 above, Vector4 below) => above + (below * (1 - above.W));

    private static Vector4 Sun(Vector4 sky, float x, float y, float radius, Vector4 colour)
    {
        var distance = Ellipse(x, y, 50, 12, radius, radius);
        return distance < 1 ? colour : sky.With(colour, 0.45f * MathF.Exp(-2.2f * (distance - 1)));
    }

    private static Vector4 Cloud(Vector4 sky, float x, float y, float left, float top)
    {
        var nearest = MathF.Min(
            Ellipse(x, y, left, top + 1, 6, 3),
            MathF.Min(Ellipse(x, y, left + 5, top - 1, 5, 4), Ellipse(x, y, left + 10, top + 1, 6, 2.6f)));
        return sky.With(Rgb(1, 1, 1), nearest < 1 && y < top + 3 ? 0.85f : 0);
    }

    private static Vector4 Ocean(float x, float y, int phase)
    {
        var sky = Fade(Rgb(0.36f, 0.70f, 0.96f), Rgb(0.84f, 0.95f, 1), y, 0, 32);
        sky = Cloud(Cloud(Sun(sky, x, y, 7, Rgb(1, 0.88f, 0.30f)), x, y, 8, 10), x, y, 26, 19);
        var crest = 31 + (1.1f * Wave(x, 16, phase));
        if (y < crest)
        {
            return sky;
        }

        var sea = Fade(Rgb(0.20f, 0.58f, 0.90f), Rgb(0.06f, 0.38f, 0.76f), y, 31, 44);
        return y < crest + 0.9f ? sea.With(Rgb(0.85f, 0.95f, 1), 0.7f) : sea;
    }

    private static Vector4 FrontWaves(float x, float y, int phase)
    {
        var crest = WaterLine + (1.8f * Wave(x + 6, 16, -phase));
        if (y < crest)
        {
            return Vector4.Zero;
        }

        if (y < crest + 1.3f)
        {
            return Rgb(0.93f, 0.98f, 1) * 0.95f;
        }

        var sea = Fade(Rgb(0.05f, 0.42f, 0.82f), Rgb(0.01f, 0.16f, 0.48f), y, WaterLine, 64);
        var second = 51 + (1.4f * Wave(x, 16, phase));
        sea = y > second && y < second + 1 ? sea.With(Rgb(0.55f, 0.80f, 1), 0.55f) : sea;
        return sea * 0.90f;
    }

    private static Vector4 UnderWater(float x, float y, int phase)
    {
        var water = Fade(Rgb(0.16f, 0.66f, 0.90f), Rgb(0.02f, 0.16f, 0.46f), y, 0, 58);
        var ray = MathF.Max(0, MathF.Sin((0.42f * (x - 50)) + (0.24f * y)));
        water = water.With(Rgb(0.75f, 0.95f, 1), ray * ray * 0.34f * MathF.Max(0, 1 - (y / 46)));
        var bed = 57 + (1.2f * MathF.Sin((0.16f * x) + 1));
        foreach (var (root, height) in ((float, float)[])[(5, 24), (10, 16), (57, 20), (61, 28)])
        {
            var sway = root + (1.6f * Wave(y, 14, phase));
            var leaf = 1.7f * MathF.Min(1, (y - (bed - height)) / 6);
            if (y > bed - height && y < bed + 1 && MathF.Abs(x - sway) < leaf)
            {
                water = x < sway ? Rgb(0.10f, 0.62f, 0.36f) : Rgb(0.05f, 0.46f, 0.28f);
            }
        }

        if (y > bed)
        {
            water = Fade(Rgb(0.95f, 0.84f, 0.56f), Rgb(0.70f, 0.56f, 0.36f), y, bed, 64);
        }

        return Ellipse(x, y, 18, 59, 5, 3.4f) < 1 ? Fade(Rgb(0.98f, 0.48f, 0.56f), Rgb(0.70f, 0.24f, 0.42f), y, 56, 62) : water;
    }

    private static Vector4 Bubbles(float x, float y, int phase)
    {
        // Two columns whose bubbles rise two pixels a frame, sixteen apart.
        foreach (var (column, shift) in ((float, float)[])[(12.5f, 0), (54, 8)])
        {
            var rise = (y + (2 * phase) + shift) % 16;
            var distance = Ellipse(x, rise, column, 8, 1.9f, 1.9f);
            if (y < 52 && distance < 1)
            {
                return Rgb(0.85f, 0.97f, 1) * (distance > 0.6f ? 0.8f : 0.35f);
            }
        }

        return Vector4.Zero;
    }

    private static Vector4 Mars(float x, float y)
    {
        var colour = Sun(Fade(Rgb(0.86f, 0.46f, 0.28f), Rgb(1, 0.80f, 0.56f), y, 0, 44), x, y, 4.2f, Rgb(1, 0.96f, 0.82f));
        if (y > 34 - (9 * MathF.Exp(-MathF.Pow((x - 14) / 9, 2))) - (4 * MathF.Exp(-MathF.Pow((x - 38) / 7, 2))))
        {
            colour = Fade(Rgb(0.74f, 0.38f, 0.26f), Rgb(0.66f, 0.30f, 0.20f), y, 24, 44);
        }

        if (y > 44 + MathF.Sin(0.13f * x))
        {
            colour = Fade(Rgb(0.80f, 0.36f, 0.18f), Rgb(0.50f, 0.17f, 0.09f), y, 43, 64);
            foreach (var (cx, cy, r) in ((float, float, float)[])[(10, 50, 4.5f), (52, 48.5f, 3.5f), (30, 61, 6), (60, 59, 4)])
            {
                var crater = Ellipse(x, y, cx, cy, r, r * 0.36f);
                colour = crater < 0.8f ? Rgb(0.42f, 0.13f, 0.08f) : crater < 1.15f ? Rgb(0.92f, 0.52f, 0.30f) : colour;
            }
        }

        return colour;
    }

    private static Vector4 Forest(float x, float y)
    {
        var colour = Sun(Fade(Rgb(0.50f, 0.80f, 0.98f), Rgb(0.90f, 0.97f, 0.90f), y, 0, 40), x, y, 5, Rgb(1, 0.93f, 0.45f));
        colour = y > 38 + (1.2f * MathF.Sin(0.16f * x)) ? Fade(Rgb(0.66f, 0.86f, 0.56f), Rgb(0.52f, 0.78f, 0.36f), y, 38, 47) : colour;
        foreach (var centre in (float[])[2, 18, 34, 48, 62])
        {
            colour = Fir(colour, x, y, centre, 14, 46, 7, Rgb(0.38f, 0.66f, 0.46f), Rgb(0.28f, 0.55f, 0.38f));
        }

        foreach (var centre in (float[])[9, 27, 56])
        {
            colour = Fir(colour, x, y, centre, 5, 50, 9.5f, Rgb(0.14f, 0.52f, 0.26f), Rgb(0.06f, 0.36f, 0.18f));
        }

        if (y > 47.5f + (0.8f * MathF.Sin(0.2f * x)))
        {
            colour = Fade(Rgb(0.56f, 0.82f, 0.30f), Rgb(0.22f, 0.50f, 0.16f), y, 47, 64);
            foreach (var (cx, cy) in ((float, float)[])[(6, 60), (22, 62), (44, 61), (59, 57)])
            {
                colour = Ellipse(x, y, cx, cy, 1.3f, 1.3f) < 1 ? Rgb(1, 0.92f, 0.45f) : colour;
            }
        }

        return colour;
    }

    private static Vector4 Fir(Vector4 behind, float x, float y, float centre, float top, float bottom, float half, Vector4 lit, Vector4 dark)
    {
        if (y > bottom - 6 && y < bottom + 2 && MathF.Abs(x - centre) < 1.4f)
        {
            return Rgb(0.42f, 0.26f, 0.14f);
        }

        var crown = bottom - 5 - top;
        var down = (y - top) / crown;
        if (down is < 0 or > 1)
        {
            return behind;
        }

        // Three storeys of branches.
        var edge = half * ((0.72f * down) + (0.28f * (down * 3 % 1)));
        return MathF.Abs(x - centre) < edge ? (x < centre ? dark : lit) : behind;
    }

    private static Vector4 Snow(float x, float y)
    {
        var colour = Sun(Fade(Rgb(0.56f, 0.76f, 0.95f), Rgb(0.90f, 0.95f, 1), y, 0, 40), x, y, 5, Rgb(1, 0.96f, 0.78f));
        foreach (var (peak, top, slope) in ((float, float, float)[])[(14, 14, 1.1f), (36, 20, 1.2f), (58, 17, 1.0f)])
        {
            var height = y - top - (MathF.Abs(x - peak) / slope * 1.15f);
            if (height > 0 && y < 46)
            {
                colour = y < top + 7 + (1.5f * MathF.Sin(x)) ? Rgb(0.98f, 0.99f, 1) : x < peak ? Rgb(0.48f, 0.58f, 0.76f) : Rgb(0.58f, 0.68f, 0.84f);
            }
        }

        if (y > 43 + (1.5f * MathF.Sin(0.1f * x)))
        {
            colour = Fade(Rgb(0.97f, 0.98f, 1), Rgb(0.74f, 0.84f, 0.96f), y, 43, 64);
        }

        foreach (var centre in (float[])[5, 58])
        {
            colour = Fir(colour, x, y, centre, 22, 51, 7, Rgb(0.16f, 0.46f, 0.42f), Rgb(0.10f, 0.34f, 0.34f));
            colour = Fir(colour, x, y, centre, 21, 38, 3.4f, Rgb(0.98f, 0.99f, 1), Rgb(0.86f, 0.92f, 0.98f));
        }

        return colour;
    }

    private static Vector4 Flakes(float x, float y, int phase)
    {
        // One flake in a tile of 16x8 pixels that falls two pixels a frame; every second column of tiles is half a tile ahead.
        float column = x % 16, row = (y - (2 * phase) + 32 + (x % 32 >= 16 ? 4 : 0)) % 8;
        return Ellipse(column, row, 6, 4, 1, 1) < 1 ? Rgb(1, 1, 1) * 0.9f : Vector4.Zero;
    }

    private static Vector4 Space(float x, float y, int phase)
    {
        var colour = Fade(Rgb(0.05f, 0.04f, 0.16f), Rgb(0.13f, 0.06f, 0.26f), y, 0, 64);
        colour = colour.With(Rgb(0.46f, 0.18f, 0.56f), 0.55f * MathF.Exp(-1.6f * Ellipse(x, y, 14, 50, 18, 9)));
        var star = 0;
        foreach (var (cx, cy) in ((float, float)[])[(5, 7), (16, 15), (27, 5), (38, 18), (60, 30), (8, 31), (50, 44), (24, 60), (59, 58), (39, 52), (4, 55), (34, 34)])
        {
            var size = star++ % 3 == phase % 4 / 2 ? 1.5f : 1;
            colour = Ellipse(x, y, cx, cy, size, size) < 1 ? Rgb(1, 1, 0.88f) : colour;
        }

        if (Ellipse(x, y, 50, 13, 8, 8) < 1)
        {
            colour = Fade(Rgb(1, 0.72f, 0.42f), Rgb(0.72f, 0.30f, 0.44f), x + y, 54, 72);
        }

        var ring = Ellipse(x, y + (0.28f * (x - 50)), 50, 13, 13.5f, 3.4f);
        return ring is < 1 and > 0.74f && (y + (0.28f * (x - 50)) > 13 || Ellipse(x, y, 50, 13, 8, 8) > 1) ? Rgb(0.98f, 0.88f, 0.66f) : colour;
    }
}
