using System.Numerics;
using ImageMagick;
using Phenaki.Trainer.StoryWorld.Art;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>A subject's poses, read from the embedded strip, turned, mirrored, sized and styled beforehand.</summary>
internal sealed class SpriteSet
{
    /// <summary>Largest turn to either side, in steps of <see cref="DegreesPerTurn"/>.</summary>
    public const int MaxTurn = 2;

    /// <summary>Pixels by which a sprite's canvas exceeds its cell at every side: room for the corners of turned art.</summary>
    public const int Margin = 4;

    private const int Turns = (2 * MaxTurn) + 1;
    private const float DegreesPerTurn = 9;

    // Of the colours of the art, from 0 to 1 in each channel, summed over the channels: art of less could not be read at thirty pixels, nor be told from the blur of a video tokenizer.
    private const float LeastVariance = 0.1f;
    private const float MostGain = 3;

    private readonly Layer[] _layers;

    private SpriteSet(Layer[] layers)
    {
        _layers = layers;
        ColourVariance = layers.Average(VarianceOf);
    }

    /// <summary>Variance of the colours of a pose's solid pixels, from 0 to 1 in each channel, summed over the channels: about 0.1 for a crab, 0.2 for a penguin.</summary>
    public float ColourVariance { get; }

    /// <summary>Reads a subject's strip and returns one set for each <see cref="PictureStyle"/>, by its number.</summary>
    /// <param name="subject">Whose strip.</param>
    /// <param name="size">Edge of the subject's cell in pixels; the art fills 30/32 of it.</param>
    public static SpriteSet[] Load(Subject subject, int size)
    {
        var poses = Readable(ReadPoses(subject));
        var styles = Enum.GetValues<PictureStyle>();
        var layers = styles.Select(_ => new Layer[SubjectArt.Poses * Turns * 2]).ToArray();
        for (var pose = 0; pose < SubjectArt.Poses; pose++)
        {
            for (var turn = -MaxTurn; turn <= MaxTurn; turn++)
            {
                var plain = Turned(poses[pose], size, turn * DegreesPerTurn * MathF.PI / 180);
                foreach (var style in styles)
                {
                    var styled = StyleFilter.Apply(plain, style, backdrop: false);
                    layers[(int)style][Index(pose, turn, false)] = new Layer(styled);
                    layers[(int)style][Index(pose, -turn, true)] = new Layer(styled.Mirrored());
                }
            }
        }

        return [.. layers.Select(of => new SpriteSet(of))];
    }

    /// <summary>All poses in all turns and both directions.</summary>
    public IReadOnlyList<Layer> All => _layers;

    /// <param name="pose">Frame of the loop, 0 to 7.</param>
    /// <param name="turn">Clockwise turn on the picture, -2 to 2.</param>
    /// <param name="mirrored">The art looks left; mirrored it looks right.</param>
    public Layer At(int pose, int turn, bool mirrored) => _layers[Index(pose, turn, mirrored)];

    private static int Index(int pose, int turn, bool mirrored) =>
        (((pose * Turns) + turn + MaxTurn) * 2) + (mirrored ? 1 : 0);

    private static float VarianceOf(Layer layer)
    {
        Vector3 sum = default, squares = default;
        var count = 0;
        for (var i = 0; i < layer.Width * layer.Height; i++)
        {
            if (layer.IsSolid(i % layer.Width, i / layer.Width))
            {
                var pixel = layer.Rgba.Slice(4 * i, 4);
                var colour = new Vector3(pixel[0], pixel[1], pixel[2]) / pixel[3];
                sum += colour;
                squares += colour * colour;
                count++;
            }
        }

        var mean = sum / count;
        return Vector3.Dot((squares / count) - (mean * mean), Vector3.One);
    }

    private static Pixmap[] ReadPoses(Subject subject)
    {
        var name = "StoryWorld.Art." + SubjectArt.FileName(subject);
        using var stream = typeof(SpriteSet).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The art {name} is not embedded in the trainer.");
        using var strip = new MagickImage(stream);
        using var pixels = strip.GetPixels();
        var bytes = pixels.ToByteArray(PixelMapping.RGBA)!;
        var width = (int)strip.Width;
        var poses = new Pixmap[SubjectArt.Poses];
        for (var pose = 0; pose < poses.Length; pose++)
        {
            var left = pose * SubjectArt.PoseSize;
            poses[pose] = new Pixmap(SubjectArt.PoseSize, SubjectArt.PoseSize).Map((x, y, _) =>
            {
                var at = 4 * ((y * width) + left + x);
                var alpha = bytes[at + 3] / 255f;
                return new Vector4(bytes[at] / 255f * alpha, bytes[at + 1] / 255f * alpha, bytes[at + 2] / 255f * alpha, alpha);
            });
        }

        return poses;
    }

    // Art of little contrast is stretched about its mean colour.
    private static Pixmap[] Readable(Pixmap[] poses)
    {
        Vector4 sum = default, squares = default;
        foreach (var pose in poses)
        {
            for (var i = 0; i < pose.Width * pose.Height; i++)
            {
                var pixel = pose[i % pose.Width, i / pose.Width];
                if (pixel.W > Layer.Solid)
                {
                    sum += pixel / pixel.W;
                    squares += pixel / pixel.W * (pixel / pixel.W);
                }
            }
        }

        var mean = sum / sum.W;
        var spread = (squares / sum.W) - (mean * mean);
        var gain = Math.Clamp(MathF.Sqrt(LeastVariance / (spread.X + spread.Y + spread.Z)), 1, MostGain);
        return [.. poses.Select(pose => pose.Map((_, _, pixel) =>
        {
            var middle = mean * pixel.W;
            return Vector4.Clamp(middle + (gain * (pixel - middle)), Vector4.Zero, new Vector4(pixel.W));
        }))];
    }

    private static Pixmap Turned(Pixmap pose, int size, float angle)
    {
        var scale = SubjectArt.PoseSize / (float)size;
        var canvas = size + (2 * Margin);
        var (sin, cos) = MathF.SinCos(angle);
        return Pixmap.Paint(canvas, canvas, (x, y) =>
        {
            float dx = x - (canvas / 2f), dy = y - (canvas / 2f);
            return pose.Sample(
                (((cos * dx) + (sin * dy)) * scale) + (SubjectArt.PoseSize / 2f),
                (((cos * dy) - (sin * dx)) * scale) + (SubjectArt.PoseSize / 2f));
        }, samples: 2);
    }
}
