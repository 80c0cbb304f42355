using System.Numerics;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>
/// A small picture with alpha, ready to be laid over a frame: bytes RGBA, colours already multiplied by alpha, and for
/// each row the first and one past the last pixel that is not empty.
/// </summary>
internal sealed class Layer
{
    /// <summary>Least alpha, 0 to 1, of a pixel that shows the picture's own colours: seams are mixed with what lies behind them.</summary>
    public const float Solid = 0.85f;

    private readonly byte[] _rgba;
    private readonly int[] _first;
    private readonly int[] _end;

    public Layer(Pixmap picture)
    {
        Width = picture.Width;
        Height = picture.Height;
        _rgba = new byte[Width * Height * 4];
        _first = new int[Height];
        _end = new int[Height];
        Array.Fill(_first, Width);
        for (var i = 0; i < Width * Height; i++)
        {
            var value = Vector4.Clamp(picture[i % Width, i / Width], Vector4.Zero, Vector4.One) * 255f;
            var alpha = (byte)MathF.Round(value.W);
            if (alpha == 0)
            {
                continue;
            }

            _rgba[4 * i] = (byte)MathF.Round(Math.Min(value.X, value.W));
            _rgba[(4 * i) + 1] = (byte)MathF.Round(Math.Min(value.Y, value.W));
            _rgba[(4 * i) + 2] = (byte)MathF.Round(Math.Min(value.Z, value.W));
            _rgba[(4 * i) + 3] = alpha;
            _first[i / Width] = Math.Min(_first[i / Width], i % Width);
            _end[i / Width] = (i % Width) + 1;
        }

        Bounds = FindBounds();
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bytes [height, width, 4], colours multiplied by alpha.</summary>
    public ReadOnlySpan<byte> Rgba => _rgba;

    /// <summary>The smallest rectangle that holds every pixel that is not empty.</summary>
    public Box Bounds { get; }

    /// <summary>Lays the picture over an RGB frame with its upper left corner at (x, y); what lies outside is cut off.</summary>
    public void DrawOnto(Span<byte> frame, int x, int y)
    {
        const int Edge = StoryWorldDataset.Size;
        for (var row = Math.Max(0, -y); row < Math.Min(Height, Edge - y); row++)
        {
            int from = Math.Max(_first[row], -x), to = Math.Min(_end[row], Edge - x);
            if (from >= to)
            {
                continue;
            }

            var source = _rgba.AsSpan(4 * ((row * Width) + from), 4 * (to - from));
            var target = frame.Slice(3 * (((y + row) * Edge) + x + from), 3 * (to - from));
            for (int s = 0, t = 0; s < source.Length; s += 4, t += 3)
            {
                var rest = 255 - source[s + 3];
                target[t] = Over(source[s], target[t], rest);
                target[t + 1] = Over(source[s + 1], target[t + 1], rest);
                target[t + 2] = Over(source[s + 2], target[t + 2], rest);
            }
        }
    }

    /// <summary>Whether a pixel is solid.</summary>
    public bool IsSolid(int x, int y) => _rgba[(4 * ((y * Width) + x)) + 3] > Solid * 255;

    /// <summary>The picture as the bytes of an RGB frame; alpha is ignored.</summary>
    public byte[] ToRgb()
    {
        var rgb = new byte[Width * Height * 3];
        for (var i = 0; i < Width * Height; i++)
        {
            _rgba.AsSpan(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        }

        return rgb;
    }

    private static byte Over(byte source, byte target, int rest)
    {
        var product = (target * rest) + 128;
        return (byte)(source + ((product + (product >> 8)) >> 8));
    }

    private Box FindBounds()
    {
        int left = Width, top = Height, right = 0, bottom = 0;
        for (var row = 0; row < Height; row++)
        {
            if (_first[row] < _end[row])
            {
                left = Math.Min(left, _first[row]);
                right = Math.Max(right, _end[row]);
                top = Math.Min(top, row);
                bottom = row + 1;
            }
        }

        return right == 0 ? default : new Box(left, top, right - left, bottom - top);
    }
}
