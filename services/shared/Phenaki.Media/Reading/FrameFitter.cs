using ImageMagick;

namespace Phenaki.Media.Reading;

/// <summary>Brings pictures of any size and colour space to frames of one size.</summary>
/// <param name="width">Width of the frames in pixels; null for the pictures' own, which must then all be the same.</param>
/// <param name="height">Height of the frames in pixels; null together with <paramref name="width"/>.</param>
/// <param name="mode">What happens where the shapes differ.</param>
internal sealed class FrameFitter(int? width, int? height, FitMode mode)
{
    /// <summary>Width of the frames in pixels, known once one has come.</summary>
    public int Width { get; private set; } = width ?? 0;

    /// <summary>Height of the frames in pixels, known once one has come.</summary>
    public int Height { get; private set; } = height ?? 0;

    /// <summary>The frame; changes the picture.</summary>
    /// <exception cref="InvalidDataException">No size was asked for and the picture's differs from the first one's.</exception>
    public byte[] Fit(IMagickImage<byte> picture)
    {
        picture.AutoOrient();
        if (picture.GetColorProfile() is not null)
        {
            picture.TransformColorSpace(ColorProfiles.SRGB);
        }

        if (picture.ColorSpace is not (ColorSpace.sRGB or ColorSpace.Gray))
        {
            picture.ColorSpace = ColorSpace.sRGB;
        }

        picture.BackgroundColor = MagickColors.White;
        picture.Alpha(AlphaAction.Remove);
        picture.Alpha(AlphaAction.Off);
        picture.ResetPage();
        if (Width == 0)
        {
            (Width, Height) = ((int)picture.Width, (int)picture.Height);
        }
        else if (picture.Width != Width || picture.Height != Height)
        {
            if (width is null)
            {
                throw new InvalidDataException($"a frame of {picture.Width}x{picture.Height} pixels follows one of {Width}x{Height}");
            }

            Resize(picture);
        }

        return RgbImage.ToRgb(picture);
    }

    private void Resize(IMagickImage<byte> picture)
    {
        // A very long picture would shrink to a side of less than a pixel.
        double byWidth = (double)Width / picture.Width;
        double byHeight = (double)Height / picture.Height;
        double factor = mode == FitMode.Crop ? Math.Max(byWidth, byHeight) : Math.Min(byWidth, byHeight);
        if (mode == FitMode.Crop)
        {
            // Cutting first keeps the enlarged part of an extreme shape from growing beyond all limits.
            picture.Crop(
                Side(Width / factor, picture.Width), Side(Height / factor, picture.Height), Gravity.Center);
            picture.ResetPage();
        }

        bool whole = mode != FitMode.Letterbox;
        uint fitWidth = whole ? (uint)Width : Side(picture.Width * factor, (uint)Width);
        uint fitHeight = whole ? (uint)Height : Side(picture.Height * factor, (uint)Height);
        picture.Resize(new MagickGeometry(fitWidth, fitHeight) { IgnoreAspectRatio = true });
        if (mode == FitMode.Letterbox)
        {
            picture.Extent((uint)Width, (uint)Height, Gravity.Center, MagickColors.Black);
        }
    }

    private static uint Side(double pixels, uint most) => (uint)Math.Clamp(Math.Round(pixels), 1, most);
}
