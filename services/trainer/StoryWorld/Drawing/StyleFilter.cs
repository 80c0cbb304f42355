using System.Numerics;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>Turns plain art into a style. Layers are styled one by one when the world starts: drawing a clip costs the same in all styles.</summary>
internal static class StyleFilter
{
    private static readonly Vector4 Paper = new(0.97f, 0.96f, 0.92f, 1);
    private static readonly Vector4 Ink = new(0.10f, 0.08f, 0.16f, 1);
    private static readonly Vector4 Light = new(0.30f, 0.59f, 0.11f, 0);

    /// <param name="picture">Plain art.</param>
    /// <param name="style">The style.</param>
    /// <param name="backdrop">Whether the art is a place: its night is darker than the night of who stands in it, its lines are fainter.</param>
    public static Pixmap Apply(Pixmap picture, PictureStyle style, bool backdrop) => style switch
    {
        PictureStyle.Pencil => Pencil(picture, backdrop),
        PictureStyle.Cartoon => Cartoon(picture, backdrop),
        PictureStyle.Night => Night(picture, backdrop),
        _ => picture,
    };

    private static Pixmap Pencil(Pixmap picture, bool backdrop) => picture.Map((x, y, pixel) =>
    {
        var line = Math.Clamp((Edge(picture, x, y) - 0.10f) * (backdrop ? 0.55f : 1.5f), 0, backdrop ? 0.42f : 0.85f);
        var alpha = pixel.W;
        var light = alpha > 0 ? Vector4.Dot(pixel, Light) / alpha : 1;
        var tone = backdrop ? 0.76f + (0.24f * light) : 0.40f + (0.60f * light);
        if (light < 0.55f && (x + y) % 4 == 0)
        {
            tone -= backdrop ? 0.07f : 0.14f;
        }

        var colour = Paper * MathF.Min(1, tone);
        colour.W = 1;
        return Vector4.Lerp(colour * alpha, Ink * MathF.Max(alpha, line), line);
    });

    private static Pixmap Cartoon(Pixmap picture, bool backdrop) => picture.Map((x, y, pixel) =>
    {
        var alpha = pixel.W;
        var colour = alpha > 0 ? pixel / alpha : Vector4.Zero;
        var grey = Vector4.Dot(colour, Light);
        var strong = Vector4.Clamp(new Vector4(grey) + ((colour - new Vector4(grey)) * 1.45f), Vector4.Zero, Vector4.One);
        const float Levels = 4;
        var flat = new Vector4(MathF.Round(strong.X * Levels), MathF.Round(strong.Y * Levels), MathF.Round(strong.Z * Levels), 0) / Levels;
        flat.W = 1;
        var line = backdrop
            ? Math.Clamp((Edge(picture, x, y) - 0.35f) * 1.2f, 0, 0.6f)
            : Math.Clamp(Around(picture, x, y) - MathF.Pow(alpha, 3), 0, 1);
        return Vector4.Lerp(flat * alpha, Ink * MathF.Max(alpha, line), line);
    });

    private static Pixmap Night(Pixmap picture, bool backdrop)
    {
        var tint = backdrop ? new Vector4(0.27f, 0.33f, 0.56f, 1) : new Vector4(0.80f, 0.82f, 0.96f, 1);
        // A little blue even where nothing is lit: red places stay readable.
        var glow = backdrop ? new Vector4(0.01f, 0.03f, 0.10f, 0) : Vector4.Zero;
        return picture.Map((_, _, pixel) => (pixel * tint) + (glow * pixel.W));
    }

    private static float Around(Pixmap picture, int x, int y)
    {
        var most = 0f;
        for (var i = 0; i < 9; i++)
        {
            int column = x + (i % 3) - 1, row = y + (i / 3) - 1;
            if (column >= 0 && row >= 0 && column < picture.Width && row < picture.Height)
            {
                most = MathF.Max(most, picture[column, row].W * (i % 2 == 0 ? 0.7f : 1));
            }
        }

        return most;
    }

    // Sobel of light and of alpha: a white suit on white snow still has an outline.
    private static float Edge(Pixmap picture, int x, int y)
    {
        Vector2 light = default, alpha = default;
        for (var i = 0; i < 9; i++)
        {
            int column = (i % 3) - 1, row = (i / 3) - 1;
            var pixel = picture.Clamped(x + column, y + row);
            var weight = new Vector2(column * (row == 0 ? 2 : 1), row * (column == 0 ? 2 : 1));
            light += weight * (Vector4.Dot(pixel, Light) + (0.5f * (1 - pixel.W)));
            alpha += weight * pixel.W;
        }

        return MathF.Max(light.Length(), alpha.Length() * 0.6f) / 2;
    }
}
