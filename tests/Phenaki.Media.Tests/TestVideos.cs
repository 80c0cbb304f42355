namespace Phenaki.Media.Tests;

/// <summary>Made pictures in which no channel equals another, and the comparison of pictures.</summary>
internal static class TestVideos
{
    /// <summary>A dark, slow gradient under a bright orange disc that moves: red, green and blue differ everywhere.</summary>
    public static VideoFrames MovingDisc(int width = 64, int height = 64, int frames = 5, double framesPerSecond = 8) =>
        new(width, height, framesPerSecond, [.. Enumerable.Range(0, frames).Select(t => Frame(width, height, t))]);

    /// <summary>Frames that no compression makes small.</summary>
    public static VideoFrames Noise(int width, int height, int frames)
    {
        var random = new Random(7);
        return new(width, height, 8, [.. Enumerable.Range(0, frames).Select(_ =>
        {
            var rgb = new byte[width * height * 3];
            random.NextBytes(rgb);
            return rgb;
        })]);
    }

    /// <summary>Peak signal-to-noise ratio in dB; infinite for equal pictures.</summary>
    public static double Psnr(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double sum = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            sum += Math.Pow(expected[i] - actual[i], 2);
        }

        return sum == 0 ? double.PositiveInfinity : 10 * Math.Log10(255 * 255 / (sum / expected.Length));
    }

    /// <summary>The smallest PSNR over all frames, after a check that there are as many.</summary>
    public static double WorstPsnr(IReadOnlyList<byte[]> expected, IReadOnlyList<byte[]> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        return expected.Zip(actual, (e, a) => Psnr(e, a)).Min();
    }

    private static byte[] Frame(int width, int height, int t)
    {
        var rgb = new byte[width * height * 3];
        double centre = width * (0.25 + (0.5 * (t % 16) / 16));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool inside = Math.Pow(x - centre, 2) + Math.Pow(y - (height / 2.0), 2) < Math.Pow(Math.Min(width, height) / 5.0, 2);
                (byte, byte, byte) colour = inside ? ((byte)230, (byte)120, (byte)20) : ((byte)(20 + (60 * x / width)), (byte)(90 + (60 * y / height)), (byte)(170 + (t % 8 * 4)));
                (rgb[((y * width) + x) * 3], rgb[(((y * width) + x) * 3) + 1], rgb[(((y * width) + x) * 3) + 2]) = colour;
            }
        }

        return rgb;
    }
}
