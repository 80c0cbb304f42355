using System.Globalization;

namespace Phenaki.Trainer.Training;

/// <summary>How far a training is, and how fast.</summary>
/// <param name="Step">Steps done, those before a resume included.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="SecondsPerStep">Mean over the steps since the start or the resume.</param>
/// <param name="SamplesPerSecond">Clips and stills, likewise.</param>
/// <param name="Means">Figures by name, each the mean over the steps since the last line.</param>
internal sealed record TrainingPace(long Step, long Steps, double SecondsPerStep, double SamplesPerSecond, IReadOnlyDictionary<string, double> Means)
{
    /// <summary>Time until the last step, at this pace.</summary>
    public TimeSpan Left => TimeSpan.FromSeconds(SecondsPerStep * (Steps - Step));

    /// <summary>Pace and figures as text.</summary>
    public override string ToString()
    {
        string means = string.Join("  ", Means.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Key} {figure.Value:0.####}")));
        return string.Create(CultureInfo.InvariantCulture, $"step {Step}/{Steps}  {SecondsPerStep:0.00} s/step  {SamplesPerSecond:0.0} clips/s  {Left:d\\.hh\\:mm\\:ss} left  {means}");
    }
}
