using System.Globalization;
using System.Text;
using Phenaki.Media;
using Phenaki.Models.Video;

namespace Phenaki.Trainer.Evaluation;

/// <summary>Writes an evaluation as Markdown with pictures beside it.</summary>
internal static class EvaluationReport
{
    /// <summary>Writes <c>report.md</c> and its pictures into a folder.</summary>
    public static async Task WriteAsync(
        string folder, VideoTokenizerConfig video, IReadOnlyDictionary<string, Figure> figures, EvaluationPictures pictures, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var text = new StringBuilder("# Evaluation\n\n| Figure | Value | Clips or scenes |\n|---|---|---|\n");
        foreach (var (name, figure) in figures)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {figure.Value:0.###} | {figure.Clips} |\n");
        }

        if (pictures.Clips.Count > 0)
        {
            var rows = pictures.Clips.Select(shown => (IReadOnlyList<byte[]>)[.. shown.Clip.Chunk(video.Geometry().FrameBytes)]).ToList();
            await FrameStrip.WriteAsync(Path.Combine(folder, "clips.png"), rows, video.FrameWidth, video.FrameHeight, scale: 1, gap: 1, cancellationToken).ConfigureAwait(false);
            text.Append("\n## Clips\n\n![Generated clips, one a row](clips.png)\n\n");
            foreach (var (prompt, _) in pictures.Clips)
            {
                text.Append(CultureInfo.InvariantCulture, $"1. {prompt}\n");
            }
        }

        foreach (var (name, rows) in pictures.Rows)
        {
            await FrameStrip.WriteAsync(Path.Combine(folder, name + ".png"), rows, video.FrameWidth, video.FrameHeight, scale: 1, gap: 1, cancellationToken).ConfigureAwait(false);
            text.Append(CultureInfo.InvariantCulture, $"\n## {name}\n\n![One clip a row]({name}.png)\n");
        }

        AddSubjects(text, pictures.BySubject);
        AddMistakes(text, pictures.Judged);
        string report = Path.Combine(folder, "report.md");
        await File.WriteAllTextAsync(report + ".new", text.ToString(), cancellationToken).ConfigureAwait(false);
        File.Move(report + ".new", report, overwrite: true);
    }

    // Whether the transformer or the tokenizer should be better, and at whom.
    private static void AddSubjects(StringBuilder text, IReadOnlyList<SubjectFigures> subjects)
    {
        if (subjects.Count == 0)
        {
            return;
        }

        text.Append("\n## By subject\n\n| Subject | Clips | Whole | Art | Whole after the tokenizer | Art after the tokenizer |\n|---|---|---|---|---|---|\n");
        foreach (var of in subjects)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {of.Subject} | {of.Clips} | {of.Whole} | {of.Art:0.###} | {of.WholeOnRebuilt} | {of.ArtOnRebuilt:0.###} |\n");
        }
    }

    // What to train on next: which scenes are told wrongly, and as what.
    private static void AddMistakes(StringBuilder text, IReadOnlyList<JudgedScene> judged)
    {
        var mistakes = judged.Where(scene => !scene.IsRight)
            .GroupBy(scene => (scene.Where, scene.Scene, scene.Seen.Subject, scene.Seen.Place, scene.Seen.Action, scene.IsRightOnReal))
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key.Where, StringComparer.Ordinal)
            .ToList();
        if (mistakes.Count == 0)
        {
            return;
        }

        text.Append("\n## What was seen wrongly\n\n| In | Asked for | Seen | Times | The world's own drawing |\n|---|---|---|---|---|\n");
        foreach (var mistake in mistakes)
        {
            var (where, scene, subject, place, action, isRightOnReal) = mistake.Key;
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {where} | {scene.Subject}, {scene.Place}, {scene.Action} | {subject}, {place}, {action} | {mistake.Count()} | {(isRightOnReal ? "right" : "wrong")} |\n");
        }
    }
}
