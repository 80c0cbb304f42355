using System.Numerics;
using static Phenaki.Trainer.StoryWorld.Drawing.Colours;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>Draws what is neither place nor subject: shadow, puddle, splashes, fireworks, stars of the night, bubbles of a diver.</summary>
internal static class PropPainter
{
    private static readonly Vector4[] Sparks = [Rgb(1, 0.82f, 0.32f), Rgb(0.36f, 0.92f, 1), Rgb(1, 0.45f, 0.72f)];

    /// <summary>A soft dark ellipse, 26x8; weaker under a subject in the air.</summary>
    public static Vector4 Shadow(float x, float y, bool high)
    {
        var distance = Ellipse(x, y, 13, 4, high ? 9 : 12, high ? 2 : 3);
        return new Vector4(0, 0, 0, 1) * Math.Clamp((high ? 0.26f : 0.42f) * (1.25f - distance), 0, 0.34f);
    }

    public static Vector4 Puddle(float x, float y, bool front)
    {
        var distance = Ellipse(x, y, 32, 58, 19, 4.6f);
        if (distance > 1 || (front && y < 57))
        {
            return Vector4.Zero;
        }

        var water = distance > 0.88f ? Rgb(0.24f, 0.46f, 0.62f) : Fade(Rgb(0.62f, 0.88f, 1), Rgb(0.22f, 0.58f, 0.90f), y, 53, 62);
        return water * (front ? 0.62f : 1);
    }

    /// <summary>Drops thrown up at both sides of the feet, 40x16.</summary>
    public static Vector4 Splash(float x, float y, int phase)
    {
        for (var side = -1; side <= 1; side += 2)
        {
            for (var drop = 0; drop < 2; drop++)
            {
                var time = (((phase + (drop * 4)) % 8) + 0.5f) / 8;
                var centreX = 20 + (side * (9 + (8 * time)));
                var centreY = 14 - (4 * 10 * time * (1 - time)) - (drop * 1.5f);
                if (Ellipse(x, y, centreX, centreY, 1.6f, 1.9f) < 1)
                {
                    return Rgb(0.70f, 0.92f, 1);
                }
            }
        }

        return Vector4.Zero;
    }

    public static Vector4 Fireworks(float x, float y, int phase)
    {
        var colour = Vector4.Zero;
        var burst = 0;
        foreach (var (centreX, centreY, delay) in ((float, float, int)[])[(14, 15, 0), (48, 12, 4), (31, 8, 2)])
        {
            var time = (phase + delay) % 8;
            var spark = Sparks[burst++];
            var radius = 2 + (1.45f * time);
            var fade = time < 6 ? 1 : 1 - ((time - 5) * 0.33f);
            float dx = x - centreX, dy = y - centreY - (0.04f * time * time);
            var distance = MathF.Sqrt((dx * dx) + (dy * dy));
            colour = Lay(colour, spark, 0.45f * fade * MathF.Exp(-distance * distance / (radius * radius)));
            const int Rays = 10;
            var sector = 2 * MathF.PI / Rays;
            var angle = MathF.Atan2(dy, dx);
            var off = MathF.Abs(angle - (MathF.Round(angle / sector) * sector)) * distance;
            var inner = radius * 0.55f;
            if (off < 0.75f && distance > inner && distance < radius)
            {
                colour = Lay(colour, spark, fade * (0.35f + (0.65f * (distance - inner) / (radius - inner))));
            }

            if (time == 0 && distance < 2.4f)
            {
                colour = Lay(colour, Rgb(1, 1, 0.9f), 1);
            }
        }

        return colour;
    }

    public static Vector4 NightStars(float x, float y)
    {
        foreach (var (centreX, centreY) in ((float, float)[])[(5, 6), (13, 17), (21, 4), (30, 13), (38, 3), (43, 20), (60, 24), (62, 5), (7, 27), (34, 25)])
        {
            if (Ellipse(x, y, centreX, centreY, 0.8f, 0.8f) < 1)
            {
                return Rgb(1, 1, 0.92f) * 0.9f;
            }
        }

        return Vector4.Zero;
    }

    /// <summary>Three bubbles above a diver, 16x32.</summary>
    public static Vector4 DiverBubbles(float x, float y, int phase)
    {
        var rise = (y + (2 * phase)) % 16;
        var first = Ellipse(x, rise, 5, 4, 2.1f, 2.1f);
        var second = Ellipse(x, rise, 10, 12, 1.5f, 1.5f);
        var distance = MathF.Min(first, second);
        return distance > 1 ? Vector4.Zero : Rgb(0.88f, 0.98f, 1) * (distance > 0.6f ? 0.85f : 0.4f);
    }

    /// <summary>A small fish that looks left, 12x10, in one of four colours.</summary>
    public static Vector4 Fish(float x, float y, int colour, int phase)
    {
        var (body, fin) = colour switch
        {
            0 => (Rgb(1, 0.56f, 0.12f), Rgb(1, 0.93f, 0.75f)),
            1 => (Rgb(1, 0.90f, 0.22f), Rgb(0.95f, 0.58f, 0.10f)),
            2 => (Rgb(0.98f, 0.34f, 0.62f), Rgb(0.70f, 0.24f, 0.85f)),
            _ => (Rgb(0.45f, 0.95f, 0.55f), Rgb(0.12f, 0.66f, 0.58f)),
        };
        if (Ellipse(x, y, 3, 4.4f, 0.75f, 0.75f) < 1)
        {
            return Rgb(0.05f, 0.05f, 0.15f);
        }

        if (Ellipse(x, y, 4.8f, 5, 4.2f, 3) < 1)
        {
            return x is > 4.6f and < 6 ? fin : body;
        }

        var wag = phase % 4 < 2 ? 0.7f : -0.7f;
        return x is > 8 and < 11.6f && MathF.Abs(y - 5 - (wag * (x - 8) / 3.6f)) < (x - 7.4f) * 0.75f ? fin : Vector4.Zero;
    }

    private static Vector4 Lay(Vector4 below, Vector4 colour, float strength) => (colour * strength) + (below * (1 - strength));
}
