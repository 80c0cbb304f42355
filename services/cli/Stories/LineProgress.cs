using System.Globalization;
using Phenaki.Story.V1;

namespace Phenaki.Cli.Stories;

/// <summary>A line now and then, for logs and pipes.</summary>
internal sealed class LineProgress(TextWriter output, TimeProvider time) : IStoryProgress
{
    private StoryAccepted _plan = new();
    private long _begun;
    private double _done;

    /// <inheritdoc/>
    public Task RunAsync(Func<Task> make) => make();

    /// <inheritdoc/>
    public void Show(GenerateStoryResponse item)
    {
        switch (item.EventCase)
        {
            case GenerateStoryResponse.EventOneofCase.Accepted:
                _plan = item.Accepted;
                _begun = time.GetTimestamp();
                break;
            case GenerateStoryResponse.EventOneofCase.SceneStarted:
                Say($"Scene {item.SceneStarted.Scene + 1} of {_plan.Scenes.Count}: {_plan.Scenes[(int)item.SceneStarted.Scene].Prompt}");
                break;
            case GenerateStoryResponse.EventOneofCase.Progress:
                Step(item.Progress);
                break;
            case GenerateStoryResponse.EventOneofCase.SceneFinished:
                var cached = item.SceneFinished.Clips.Count(clip => clip.TokensFromCache);
                Say($"Scene {item.SceneFinished.Scene + 1} of {_plan.Scenes.Count} is done; {cached} of {item.SceneFinished.Clips.Count} clips came from the cache.");
                break;
        }
    }

    private void Step(SamplingProgress progress)
    {
        // Four lines a clip say enough, however many steps it has.
        _done = ClipsBefore(progress.Scene) + progress.Clip + ((double)progress.Step / progress.Steps);
        if (progress.Step != progress.Steps && progress.Step * 4 / progress.Steps == (progress.Step - 1) * 4 / progress.Steps)
        {
            return;
        }

        var clips = _plan.Scenes[(int)progress.Scene].Clips;
        var left = time.GetElapsedTime(_begun) * ((ClipsBefore((uint)_plan.Scenes.Count) - _done) / _done);
        Say($"  clip {progress.Clip + 1} of {clips}, step {progress.Step} of {progress.Steps}, about {left.TotalSeconds:0} s left");
    }

    private double ClipsBefore(uint scene) => _plan.Scenes.Take((int)scene).Sum(planned => (double)planned.Clips);

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
