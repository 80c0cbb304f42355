using Phenaki.Models.Video;
using Phenaki.Testing;
using Phenaki.Trainer.Evaluation;
using Phenaki.Trainer.Judging;
using Phenaki.Trainer.StoryWorld;

namespace Phenaki.Trainer.Tests.Evaluation;

public sealed class EvaluationReportTests
{
    private static readonly SceneSpec Swim = new(Subject.TeddyBear, Place.Ocean, SceneAction.Swim);

    private static readonly VideoTokenizerConfig Video = new()
    {
        FrameHeight = 64, FrameWidth = 64, PatchHeight = 8, PatchWidth = 8, TemporalPatch = 2, TemporalWindow = 6, Width = 8, Heads = 1, Mlp = 8,
        SpatialLayers = 1, TemporalLayers = 1, Quantizer = new() { Type = "vq", CodebookSize = 8, CodeWidth = 4 },
    };

    [Fact]
    public async Task WriteAsync_ScenesSeenWrongly_AreNamedWithWhatWasSeen()
    {
        using var folder = new TemporaryFolder();
        JudgedScene[] judged = [Judged(SceneAction.Swim, SceneAction.Swim), Judged(SceneAction.Fly, SceneAction.Swim), Judged(SceneAction.Fly, SceneAction.Swim), Judged(SceneAction.Jump, SceneAction.Jump)];
        await EvaluationReport.WriteAsync(
            folder.Path, Video, new Dictionary<string, Figure> { ["action"] = new(0.25, 4) }, new EvaluationPictures([], [], judged, []), TestContext.Current.CancellationToken);
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(folder.Path, "report.md"), TestContext.Current.CancellationToken);

        Assert.Contains("| action | 0.25 | 4 |", lines);
        Assert.Equal(
            ["| clips | TeddyBear, Ocean, Swim | TeddyBear, Ocean, Fly | 2 | right |", "| clips | TeddyBear, Ocean, Swim | TeddyBear, Ocean, Jump | 1 | wrong |"],
            lines.Where(line => line.StartsWith("| clips", StringComparison.Ordinal)));
        Assert.DoesNotContain("## By subject", lines);
    }

    [Fact]
    public async Task WriteAsync_FiguresBySubject_AreATable()
    {
        using var folder = new TemporaryFolder();
        SubjectFigures[] subjects = [new(Subject.Dog, 19, 2, 0.4567, 5, 0.5), new(Subject.Robot, 8, 3, 0.81, 8, 0.96)];
        await EvaluationReport.WriteAsync(
            folder.Path, Video, new Dictionary<string, Figure>(), new EvaluationPictures([], [], [], subjects), TestContext.Current.CancellationToken);
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(folder.Path, "report.md"), TestContext.Current.CancellationToken);
        Assert.Equal(["| Dog | 19 | 2 | 0.457 | 5 | 0.5 |", "| Robot | 8 | 3 | 0.81 | 8 | 0.96 |"], lines[^2..]);
    }

    private static JudgedScene Judged(SceneAction seen, SceneAction seenOnReal) => new("clips", Swim, Seen(seen), Seen(seenOnReal));

    private static Verdict Seen(SceneAction action) => new(Swim.Subject, Swim.Place, action, []);
}
