namespace Phenaki.Trainer.Judging;

/// <summary>Where a subject's art was found in a frame.</summary>
/// <param name="Best">Correlation of the best place and pose with the frame, at most 1.</param>
/// <param name="Second">The best correlation at least ten pixels away from that place.</param>
/// <param name="WeakestQuarter">How well the worst of the four quarters of the art explains its pixels at the best place, at most 1.</param>
internal readonly record struct ArtFinding(double Best, double Second, double WeakestQuarter)
{
    private const double LeastBest = 0.8;
    private const double MostSecond = 0.7;
    private const double LeastQuarter = 0.3;

    /// <summary>Found exactly once and whole.</summary>
    public bool IsOnceAndWhole => Best >= LeastBest && Second < MostSecond && WeakestQuarter >= LeastQuarter;
}
