using CsCheck;

namespace Phenaki.Geometry.Tests;

public sealed class VideoGeometryTests
{
    private static readonly Gen<VideoGeometry> Geometries =
        from rows in Gen.Int[1, 16]
        from columns in Gen.Int[1, 16]
        from patch in Gen.Int[1, 16]
        from temporal in Gen.Int[1, 8]
        select new VideoGeometry(rows * patch, columns * patch, patch, patch, temporal);

    [Fact]
    public void LatentFrames_PaperSizes_GivesPaperTokens()
    {
        // arXiv 2210.02399, section 2.1: 11 frames of 128x128 in patches of 2x8x8 are 6x16x16 = 1536 tokens.
        var geometry = new VideoGeometry(128, 128, 8, 8, 2);
        Assert.Equal(6, geometry.LatentFrames(11));
        Assert.Equal(1536, geometry.Tokens(6));
        Assert.Equal(256, geometry.Tokens(geometry.LatentFrames(1)));
    }

    [Fact]
    public void Frames_OfLatentFrames_RoundTrips() =>
        Gen.Select(Geometries, Gen.Int[1, 10_000]).Sample((geometry, latent) =>
            geometry.LatentFrames(geometry.Frames(latent)) == latent && geometry.LatentFramesCovering(geometry.Frames(latent)) == latent);

    [Fact]
    public void LatentFramesCovering_AnyFrames_IsTheFewestThatHoldThem() =>
        Gen.Select(Geometries, Gen.Int[1, 10_000]).Sample((geometry, frames) =>
        {
            int latent = geometry.LatentFramesCovering(frames);
            return geometry.Frames(latent) >= frames && (latent == 1 || geometry.Frames(latent - 1) < frames);
        });

    [Fact]
    public void FirstFrame_AnyLatentFrame_IsTheSumOfTheFramesBefore() =>
        Gen.Select(Geometries, Gen.Int[0, 200]).Sample((geometry, latent) =>
            geometry.FirstFrame(latent) == Enumerable.Range(0, latent).Sum(geometry.FramesIn));

    [Fact]
    public void LargestWholeClip_AnyFrames_IsWholeAndNextWouldBeTooLong() =>
        Gen.Select(Geometries, Gen.Int[1, 10_000]).Sample((geometry, frames) =>
        {
            int whole = geometry.LargestWholeClip(frames);
            return geometry.IsWholeClip(whole) && whole <= frames && whole + geometry.TemporalPatch > frames;
        });

    [Fact]
    public void LatentFrames_NotAWholeClip_NamesBothNumbers()
    {
        var error = Assert.Throws<ArgumentException>(() => new VideoGeometry(64, 64, 8, 8, 2).LatentFrames(10));
        Assert.Contains("10 frames are not 1 + n * 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 64, 8, 2)]
    [InlineData(64, 60, 8, 2)]
    [InlineData(64, 64, 0, 2)]
    [InlineData(64, 64, 8, 0)]
    public void Constructor_ImpossibleSizes_Throws(int height, int width, int patch, int temporal) =>
        Assert.ThrowsAny<ArgumentException>(() => new VideoGeometry(height, width, patch, patch, temporal));
}
