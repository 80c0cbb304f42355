using System.Globalization;
using Phenaki.Story.V1;
using Spectre.Console;

namespace Phenaki.Cli.Stories;

/// <summary>A bar for each scene and one for the story, on a terminal.</summary>
internal sealed class BarProgress(IAnsiConsole console) : IStoryProgress
{
    private const int PromptWidth = 44;

    // A story may have a thousand scenes, and a terminal has few lines: the bars of scenes come and go around the current one.
    private const int MaxBars = 12;

    private readonly List<(ProgressTask Bar, PlannedScene Plan)> _scenes = [];
    private ProgressContext? _context;
    private ProgressTask? _story;

    /// <inheritdoc/>
    public Task RunAsync(Func<Task> make) => console.Progress()
        .AutoClear(false)
        .HideCompleted(false)
        .Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(),
            new RemainingTimeColumn(), new SpinnerColumn())
        .StartAsync(async context =>
        {
            _context = context;
            await make();
        });

    /// <inheritdoc/>
    public void Show(GenerateStoryResponse item)
    {
        switch (item.EventCase)
        {
            case GenerateStoryResponse.EventOneofCase.Accepted:
                Plan(item.Accepted);
                break;
            case GenerateStoryResponse.EventOneofCase.SceneStarted when Bar(item.SceneStarted.Scene) is { } begun:
                begun.StartTask();
                break;
            case GenerateStoryResponse.EventOneofCase.Progress:
                Step(item.Progress);
                break;
            case GenerateStoryResponse.EventOneofCase.SceneFinished when Bar(item.SceneFinished.Scene) is { } done:
                Finish(done, item.SceneFinished);
                break;
        }
    }

    private void Plan(StoryAccepted plan)
    {
        foreach (var scene in plan.Scenes)
        {
            var bar = _scenes.Count < MaxBars ? _context!.AddTask(Text(_scenes.Count, plan.Scenes.Count, scene, ""), autoStart: false, maxValue: scene.Clips) : null;
            _scenes.Add((bar!, scene));
        }

        _story = _context!.AddTask("Story", maxValue: plan.Scenes.Sum(scene => (double)scene.Clips));
    }

    private ProgressTask? Bar(uint scene) => scene < _scenes.Count ? _scenes[(int)scene].Bar : null;

    private void Step(SamplingProgress progress)
    {
        var value = progress.Clip + ((double)progress.Step / progress.Steps);
        if (Bar(progress.Scene) is { } bar)
        {
            bar.Value = value;
            bar.Description = Text(
                (int)progress.Scene, _scenes.Count, _scenes[(int)progress.Scene].Plan,
                string.Create(CultureInfo.InvariantCulture, $", clip {progress.Clip + 1}/{_scenes[(int)progress.Scene].Plan.Clips}, step {progress.Step}/{progress.Steps}"));
        }

        _story!.Value = _scenes.Take((int)progress.Scene).Sum(scene => (double)scene.Plan.Clips) + value;
    }

    private void Finish(ProgressTask bar, SceneFinished finished)
    {
        var cached = finished.Clips.Count(clip => clip.TokensFromCache);
        bar.Description = Text(
            (int)finished.Scene, _scenes.Count, _scenes[(int)finished.Scene].Plan, cached > 0 ? $", {cached} of {finished.Clips.Count} clips from the cache" : "");
        bar.Value = bar.MaxValue;
        bar.StopTask();
        _story!.Value = _scenes.Take((int)finished.Scene + 1).Sum(scene => (double)scene.Plan.Clips);
    }

    private static string Text(int scene, int scenes, PlannedScene plan, string state)
    {
        var prompt = plan.Prompt.Length <= PromptWidth ? plan.Prompt : $"{plan.Prompt[..(PromptWidth - 1)]}…";
        return Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"Scene {scene + 1}/{scenes}{state}: {prompt}"));
    }
}
