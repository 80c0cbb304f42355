using ImageMagick;
using ImageMagick.Drawing;

namespace Phenaki.Trainer.StoryWorld.Art;

/// <summary>Makes the committed strips of poses from a folder of animated Fluent Emoji (256x256 WebP with alpha, 24 frames a second).</summary>
public static class ArtImporter
{
    private const uint FittedSize = 60;

    /// <summary>Writes one strip for each <see cref="Subject"/>.</summary>
    /// <param name="sourceFolder">Folder that holds the animations, named by code point, at any depth.</param>
    /// <param name="targetFolder">Where the strips go; existing ones are replaced.</param>
    /// <exception cref="FileNotFoundException">An animation is missing.</exception>
    public static void Import(string sourceFolder, string targetFolder)
    {
        Directory.CreateDirectory(targetFolder);
        foreach (var subject in Enum.GetValues<Subject>())
        {
            var art = SubjectArt.Of(subject);
            var name = art.CodePoints + ".webp";
            var source = Directory.EnumerateFiles(sourceFolder, name, SearchOption.AllDirectories).FirstOrDefault()
                ?? throw new FileNotFoundException($"The animation {name} of {subject} is not below '{sourceFolder}'.", name);
            using var strip = MakeStrip(source, art);
            var target = Path.Combine(targetFolder, SubjectArt.FileName(subject));
            var aside = target + ".partial";
            strip.Write(aside, MagickFormat.Png32);
            File.Move(aside, target, overwrite: true);
        }
    }

    private static IMagickImage<byte> MakeStrip(string source, SubjectArt art)
    {
        using var animation = new MagickImageCollection(source);
        animation.Coalesce();
        using var poses = new MagickImageCollection();
        for (var pose = 0; pose < SubjectArt.Poses; pose++)
        {
            var picture = animation[pose * animation.Count / SubjectArt.Poses].Clone();
            picture.ResetPage();
            poses.Add(art.Legs is { } legs ? WithLegs(picture, legs, pose) : picture);
        }

        // One crop and one scale for all poses: otherwise the subject would jump and pulse.
        var crop = Union(poses);
        var scale = Math.Min(FittedSize / (double)crop.Width, FittedSize / (double)crop.Height);
        foreach (var pose in poses)
        {
            pose.Crop(crop);
            pose.ResetPage();
            pose.FilterType = FilterType.Lanczos;
            pose.Resize(new MagickGeometry((uint)Math.Round(crop.Width * scale), (uint)Math.Round(crop.Height * scale)) { IgnoreAspectRatio = true });
            pose.BackgroundColor = MagickColors.Transparent;
            pose.Extent(SubjectArt.PoseSize, SubjectArt.PoseSize, Gravity.South);
        }

        var strip = poses.AppendHorizontally();
        strip.Strip();
        return strip;
    }

    private static MagickImage WithLegs(IMagickImage<byte> bust, LegStyle legs, int pose)
    {
        const double Hip = 190, Foot = 236;
        using (bust)
        {
            var canvas = new MagickImage(MagickColors.Transparent, 256, 256);
            var drawing = new Drawables().StrokeLineCap(LineCap.Round);
            for (var side = -1; side <= 1; side += 2)
            {
                var swing = side * Math.Sin(2 * Math.PI * pose / SubjectArt.Poses);
                var lift = Math.Max(0, side * Math.Cos(2 * Math.PI * pose / SubjectArt.Poses)) * 12;
                double hipX = 128 + (side * 22), footX = hipX - (swing * 16);
                drawing.StrokeColor(new MagickColor(legs.Leg)).StrokeWidth(26).Line(hipX, Hip, footX, Foot - lift - 8);
                drawing.StrokeColor(MagickColors.None).FillColor(new MagickColor(legs.Foot)).Ellipse(footX - 5, Foot - lift, 23, 14, 0, 360);
            }

            if (legs.Body is { } body)
            {
                drawing.StrokeColor(MagickColors.None).FillColor(new MagickColor(body)).Ellipse(128, Hip - 12, 50, 38, 0, 360);
            }

            drawing.Draw(canvas);
            var box = Bounds(bust);
            bust.Crop(box);
            bust.ResetPage();
            bust.Resize(0, 182);
            canvas.Composite(bust, (256 - (int)bust.Width) / 2, 18, CompositeOperator.Over);
            return canvas;
        }
    }

    private static MagickGeometry Union(IEnumerable<IMagickImage<byte>> poses)
    {
        int left = int.MaxValue, top = int.MaxValue, right = 0, bottom = 0;
        foreach (var box in poses.Select(Bounds))
        {
            left = Math.Min(left, box.X);
            top = Math.Min(top, box.Y);
            right = Math.Max(right, box.X + (int)box.Width);
            bottom = Math.Max(bottom, box.Y + (int)box.Height);
        }

        return new MagickGeometry(left, top, (uint)(right - left), (uint)(bottom - top));
    }

    private static MagickGeometry Bounds(IMagickImage<byte> picture)
    {
        const byte Visible = 24;
        using var pixels = picture.GetPixels();
        var alpha = pixels.ToByteArray(PixelMapping.RGBA)!;
        int width = (int)picture.Width, left = width, top = (int)picture.Height, right = -1, bottom = -1;
        for (var i = 0; i < alpha.Length / 4; i++)
        {
            if (alpha[(4 * i) + 3] >= Visible)
            {
                left = Math.Min(left, i % width);
                right = Math.Max(right, i % width);
                top = Math.Min(top, i / width);
                bottom = Math.Max(bottom, i / width);
            }
        }

        return new MagickGeometry(left, top, (uint)(right - left + 1), (uint)(bottom - top + 1));
    }
}
