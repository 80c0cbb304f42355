using System.Globalization;
using Spectre.Console;

namespace Phenaki.Trainer.Training;

/// <summary>A bar with pace, loss and time left, on a terminal.</summary>
/// <param name="console">The terminal.</param>
internal sealed class BarProgress(IAnsiConsole console) : ITrainingProgress
{
    private ProgressTask? _bar;

    /// <inheritdoc />
    public Task RunAsync(Func<Task> train) => console.Progress()
        .AutoClear(false)
        .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(async context =>
        {
            _bar = context.AddTask("");
            await train().ConfigureAwait(false);
        });

    /// <inheritdoc />
    public void Show(TrainingPace pace, bool isDue)
    {
        _bar!.MaxValue = pace.Steps;
        _bar.Value = pace.Step;
        _bar.Description = Markup.Escape(string.Create(
            CultureInfo.InvariantCulture,
            $"{pace.Step}/{pace.Steps}  {pace.SamplesPerSecond:0.0} clips/s  loss {pace.Means.GetValueOrDefault("loss"):0.###}  {pace.Left:d\\.hh\\:mm\\:ss} left"));
    }

    /// <inheritdoc />
    public void Say(string line) => console.MarkupLineInterpolated($"{line}");
}
