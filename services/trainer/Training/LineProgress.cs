namespace Phenaki.Trainer.Training;

/// <summary>A line now and then, for logs.</summary>
/// <param name="time">Clock.</param>
/// <param name="output">Where the lines go.</param>
internal sealed class LineProgress(TimeProvider time, TextWriter output) : ITrainingProgress
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    private long _shown = time.GetTimestamp();

    /// <inheritdoc />
    public Task RunAsync(Func<Task> train) => train();

    /// <inheritdoc />
    public void Show(TrainingPace pace)
    {
        if (pace.Step == pace.Steps || time.GetElapsedTime(_shown) >= Every)
        {
            output.WriteLine(pace);
            _shown = time.GetTimestamp();
        }
    }

    /// <inheritdoc />
    public void Say(string line) => output.WriteLine(line);
}
