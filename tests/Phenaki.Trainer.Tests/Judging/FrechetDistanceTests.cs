using Phenaki.Trainer.Judging;

namespace Phenaki.Trainer.Tests.Judging;

public sealed class FrechetDistanceTests
{
    // Four points at the corners of a rectangle have the covariance diag(4/3 a^2, 4/3 b^2).
    private static List<float[]> Rectangle(float x, float y, float a, float b) => [[x - a, y - b], [x - a, y + b], [x + a, y - b], [x + a, y + b]];

    [Fact]
    public void Between_TheSameSet_IsZero() =>
        Assert.Equal(0, FrechetDistance.Between(Rectangle(1, 2, 3, 4), Rectangle(1, 2, 3, 4)), 9);

    [Fact]
    public void Between_ShiftedAndStretched_IsTheClosedForm()
    {
        // |m1 - m2|^2 + sum of (s1 - s2)^2, where the axes agree.
        double expected = (3 * 3) + (4 * 4) + (4.0 / 3 * (((1 - 2.0) * (1 - 2)) + ((5 - 3.0) * (5 - 3))));
        Assert.Equal(expected, FrechetDistance.Between(Rectangle(0, 0, 1, 5), Rectangle(3, 4, 2, 3)), 6);
    }
}
