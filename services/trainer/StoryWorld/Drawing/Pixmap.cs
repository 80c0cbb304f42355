using System.Numerics;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>A picture in floating point, red, green, blue and alpha from 0 to 1, colours multiplied by alpha. Used while starting only.</summary>
internal sealed class Pixmap(int width, int height)
{
    private readonly Vector4[] _pixels = new Vector4[width * height];

    public int Width { get; } = width;

    public int Height { get; } = height;

    public Vector4 this[int x, int y]
    {
        get => _pixels[(y * Width) + x];
        set => _pixels[(y * Width) + x] = value;
    }

    /// <summary>The nearest pixel inside the picture.</summary>
    public Vector4 Clamped(int x, int y) => this[Math.Clamp(x, 0, Width - 1), Math.Clamp(y, 0, Height - 1)];

    /// <summary>Fills a picture from a function of continuous coordinates, several samples a pixel, so that edges are smooth.</summary>
    public static Pixmap Paint(int width, int height, Func<float, float, Vector4> colour, int samples = 4)
    {
        var picture = new Pixmap(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var sum = Vector4.Zero;
                for (var i = 0; i < samples * samples; i++)
                {
                    sum += colour(x + (((i % samples) + 0.5f) / samples), y + (((i / samples) + 0.5f) / samples));
                }

                picture[x, y] = sum / (samples * samples);
            }
        }

        return picture;
    }

    public Pixmap Map(Func<int, int, Vector4, Vector4> change)
    {
        var result = new Pixmap(Width, Height);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                result[x, y] = change(x, y, this[x, y]);
            }
        }

        return result;
    }

    public Pixmap Mirrored() => Map((x, y, _) => this[Width - 1 - x, y]);

    /// <summary>The colour between four pixels; outside the picture there is nothing.</summary>
    public Vector4 Sample(float x, float y)
    {
        x -= 0.5f;
        y -= 0.5f;
        int left = (int)MathF.Floor(x), top = (int)MathF.Floor(y);
        float right = x - left, bottom = y - top;
        return Vector4.Lerp(
            Vector4.Lerp(Inside(left, top), Inside(left + 1, top), right),
            Vector4.Lerp(Inside(left, top + 1), Inside(left + 1, top + 1), right),
            bottom);
    }

    private Vector4 Inside(int x, int y) => x >= 0 && y >= 0 && x < Width && y < Height ? this[x, y] : Vector4.Zero;
}
