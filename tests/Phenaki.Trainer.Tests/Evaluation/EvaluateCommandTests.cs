using System.Globalization;
using System.Text.Json;
using Phenaki.Testing;
using Phenaki.Trainer.Commands;
using Phenaki.Trainer.Tests.Training;

namespace Phenaki.Trainer.Tests.Evaluation;

[Collection(OneAtATime.Name)]
public sealed class EvaluateCommandTests
{
    [Fact(Timeout = 300_000)]
    public async Task Evaluate_ShippedModel_PrintsOneLineOfFiguresWithTheirNumbersOfClips()
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        string[] arguments =
        [
            "--model", Path.Combine(RepositoryFiles.Root, "services", "models", "storyworld"), "--device", "cpu", "--json",
            "--clips", "2", "--stories", "1", "--readme-seeds", "0", "--given", "1", "--steps", "4", "--report", folder.Of("report"),
        ];
        Assert.Equal(0, await EvaluateCommand.Create().RunAsync(arguments, output));
        using var line = JsonDocument.Parse(output.ToString().TrimEnd());
        Assert.DoesNotContain('\n', output.ToString().TrimEnd());
        foreach (var (name, clips, least, most) in new[]
        {
            ("subject", 2, 0, 1.0), ("place", 2, 0, 1), ("action", 2, 0, 1), ("all_three", 2, 0, 1), ("classifier_on_real", 2, 0.5, 1),
            ("whole", 2, 0, 1), ("whole_on_real", 2, 0.5, 1), ("art_match", 2, 0.2, 0.99), ("art_match_on_rebuilt", 2, 0.5, 0.95), ("art_match_on_real", 2, 0.95, 1),
            ("frechet", 2, 1, 1e5), ("frechet_on_rebuilt", 2, 1, 1e5), ("frechet_floor", 2, 1, 1e5),
            ("story_subject", 4, 0, 1), ("story_place", 4, 0.5, 1), ("story_action", 4, 0, 1), ("style", 1, 0, 1), ("picture_place", 1, 0, 1),
            ("psnr", 8, 24, 40), ("psnr_subject", 8, 18, 40), ("codes_used", 8, 1000, 3072), ("loss_trained", 8, 0.5, 6), ("loss_held_out", 8, 0.5, 6),
        })
        {
            var figure = line.RootElement.GetProperty(name);
            Assert.Equal(clips, figure.GetProperty("clips").GetInt32());
            Assert.InRange(figure.GetProperty("value").GetDouble(), least, most);
        }

        string[] report = await File.ReadAllLinesAsync(folder.Of("report", "report.md"), TestContext.Current.CancellationToken);
        var bySubject = report.SkipWhile(text => text != "## By subject").Skip(4).TakeWhile(text => text.StartsWith('|'));
        Assert.Equal(2, bySubject.Sum(text => int.Parse(text.Split('|')[2], CultureInfo.InvariantCulture)));
    }
}
