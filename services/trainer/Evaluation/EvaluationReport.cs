using System.Globalization;
using System.Text;
using Phenaki.Media;
using Phenaki.Trainer.StoryWorld;

namespace Phenaki.Trainer.Evaluation;

/// <summary>Writes an evaluation as Markdown with pictures beside it.</summary>
internal static class EvaluationReport
{
    private const int Size = StoryWorldDataset.Size;

    /// <summary>Writes <c>report.md</c> and its pictures into a folder.</summary>
    public static async Task WriteAsync(
        string folder, IReadOnlyDictionary<string, Figure> figures, IReadOnlyList<(string Prompt, byte[] Clip)> clips,
        IReadOnlyList<(string Name, IReadOnlyList<IReadOnlyList<byte[]>> Rows)> stories, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var text = new StringBuilder("# Evaluation\n\n| Figure | Value | Clips or scenes |\n|---|---|---|\n");
        foreach (var (name, figure) in figures)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {figure.Value:0.###} | {figure.Clips} |\n");
        }

        if (clips.Count > 0)
        {
            var rows = clips.Select(shown => (IReadOnlyList<byte[]>)[.. shown.Clip.Chunk(Size * Size * 3)]).ToList();
            await FrameStrip.WriteAsync(Path.Combine(folder, "clips.png"), rows, Size, Size, scale: 1, gap: 1, cancellationToken).ConfigureAwait(false);
            text.Append("\n## Clips\n\n![Generated clips, one a row](clips.png)\n\n");
            foreach (var (prompt, _) in clips)
            {
                text.Append(CultureInfo.InvariantCulture, $"1. {prompt}\n");
            }
        }

        foreach (var (name, rows) in stories)
        {
            await FrameStrip.WriteAsync(Path.Combine(folder, name + ".png"), rows, Size, Size, scale: 1, gap: 1, cancellationToken).ConfigureAwait(false);
            text.Append(CultureInfo.InvariantCulture, $"\n## Story: {name}\n\n![One scene a row]({name}.png)\n");
        }

        string report = Path.Combine(folder, "report.md");
        await File.WriteAllTextAsync(report + ".new", text.ToString(), cancellationToken).ConfigureAwait(false);
        File.Move(report + ".new", report, overwrite: true);
    }
}
