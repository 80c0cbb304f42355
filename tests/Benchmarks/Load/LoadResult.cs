namespace Phenaki.Benchmarks.Load;

/// <summary>What came of a stretch of load.</summary>
internal sealed class LoadResult(IReadOnlyCollection<(double Seconds, bool Refused)> answers, TimeSpan elapsed)
{
    /// <summary>Clips done in a second.</summary>
    public double Goodput => answers.Count(answer => !answer.Refused) / elapsed.TotalSeconds;

    /// <summary>Time that 95 of 100 clips that were accepted took at most, seconds.</summary>
    public double P95 => Percentile(answers.Where(answer => !answer.Refused));

    /// <summary>Time that 95 of 100 refusals took at most, seconds; 0 where nothing was refused.</summary>
    public double RefusalP95 => Percentile(answers.Where(answer => answer.Refused));

    private static double Percentile(IEnumerable<(double Seconds, bool Refused)> some)
    {
        double[] seconds = [.. some.Select(answer => answer.Seconds).Order()];
        return seconds.Length == 0 ? 0 : seconds[Math.Min(seconds.Length - 1, (int)(0.95 * seconds.Length))];
    }
}
