namespace Phenaki.Trainer.Evaluation;

/// <summary>A measured number.</summary>
/// <param name="Value">The number; shares are 0 to 1.</param>
/// <param name="Clips">Clips, or scenes of stories, that it was measured on.</param>
internal sealed record Figure(double Value, int Clips)
{
    /// <summary>How many of some clips or scenes are right.</summary>
    public static Figure Share<T>(IEnumerable<T> all, Func<T, bool> right)
    {
        bool[] each = [.. all.Select(right)];
        return new(each.Average(isRight => isRight ? 1.0 : 0), each.Length);
    }
}
