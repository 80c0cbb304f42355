namespace Phenaki.Trainer.Training;

/// <summary>A line now and then, for logs.</summary>
/// <param name="output">Where the lines go.</param>
internal sealed class LineProgress(TextWriter output) : ITrainingProgress
{
    /// <inheritdoc />
    public Task RunAsync(Func<Task> train) => train();

    /// <inheritdoc />
    public void Show(TrainingPace pace, bool isDue)
    {
        if (isDue)
        {
            output.WriteLine(pace);
        }
    }

    /// <inheritdoc />
    public void Say(string line) => output.WriteLine(line);
}
