using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Evaluation;
using Phenaki.Trainer.Judging;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Commands;

/// <summary><c>phenaki-train evaluate</c>: measures a model on clips that were never in training.</summary>
internal static class EvaluateCommand
{
    private const string HeldOut = "held-out";

    // Frames that a story's next clip starts from (arXiv 2210.02399, section 2.3).
    private const int LongestPrefix = 5;
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly Option<string> Model = new("--model") { Description = "Model folder with all three parts.", Required = true };
    private static readonly Option<int> Clips = Number("--clips", "Clips to generate and judge, 2 to 100000.", 100, 2, 100_000);
    private static readonly Option<int> Stories = Number("--stories", "Random stories of four scenes to tell and judge, 0 to 100000.", 10, 0, 100_000);
    private static readonly Option<int> ReadmeSeeds = Number("--readme-seeds", "Seeds with which each story of the README is told, 0 to 1000.", 5, 0, 1000);
    private static readonly Option<int> Given = Number("--given", "Clips with a style word, and as many that begin with a picture, to generate and judge, 0 to 100000.", 30, 0, 100_000);
    private static readonly Option<string> Combinations = new Option<string>("--combinations")
    {
        Description = "Combinations of subject, place and action: held-out (never in training) or trained.",
        DefaultValueFactory = _ => HeldOut,
    }.AcceptOnlyFromAmong(HeldOut, "trained");

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of scenes, captions and noise; training used 1.", DefaultValueFactory = _ => 1_000_003 };
    private static readonly Option<int?> Steps = new("--steps") { Description = "Sampling steps; the model's own if not set." };
    private static readonly Option<float?> Guidance = new("--guidance") { Description = "Guidance scale; the model's own if not set." };
    private static readonly Option<float?> Temperature = new("--temperature") { Description = "Temperature; the model's own if not set." };
    private static readonly Option<float?> ChoiceTemperature = new("--choice-temperature") { Description = "Noise on the choice of tokens to keep; the model's own if not set." };
    private static readonly Option<string> Sampled = new Option<string>("--precision") { Description = "What the masked transformer samples in: float32, bfloat16 or auto.", DefaultValueFactory = _ => Precision.Float32 }
        .AcceptOnlyFromAmong(Precision.Float32, Precision.BFloat16, Precision.Auto);

    private static readonly Option<string> JudgeFolder = new("--judge") { Description = "Folder of the judge.", DefaultValueFactory = _ => Judge.ShippedFolder };
    private static readonly Option<string?> Data = new("--data") { Description = "Clips of your own to measure on, a folder or shards, in place of StoryWorld; nothing is judged then." };
    private static readonly Option<string> Fit = new Option<string>("--fit") { Description = "With --data: crop, letterbox or stretch.", DefaultValueFactory = _ => "crop" }
        .AcceptOnlyFromAmong("crop", "letterbox", "stretch");

    private static readonly Option<bool> AsJson = new("--json") { Description = "Print one JSON line instead of a table." };
    private static readonly Option<string?> Report = new("--report") { Description = "Folder for a report in Markdown with pictures." };
    private static readonly Option<string> Device = new("--device") { Description = "cpu, cuda, cuda:N or auto.", DefaultValueFactory = _ => "auto" };

    public static Command Create()
    {
        var command = new Command("evaluate", "Measures a model: clips, stories and their parts, judged by a classifier and by the subjects' own art.")
        {
            Model, Clips, Stories, ReadmeSeeds, Given, Combinations, Seed, Steps, Guidance, Temperature, ChoiceTemperature, Sampled, JudgeFolder, Data, Fit, AsJson, Report, Device,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded();
        var parts = new ModelParts(parsed.GetRequiredValue(Model));
        var device = ComputeDevice.Parse(parsed.GetRequiredValue(Device));
        var video = VideoOf(parts);
        var options = new EvaluationOptions
        {
            PrefixFrames = video.Geometry().LargestWholeClip(LongestPrefix),
            Clips = parsed.GetValue(Clips),
            Stories = parsed.GetValue(Stories),
            ReadmeSeeds = parsed.GetValue(ReadmeSeeds),
            Given = parsed.GetValue(Given),
            HeldOut = parsed.GetRequiredValue(Combinations) == HeldOut,
            Seed = parsed.GetValue(Seed),
            JudgeFolder = parsed.GetRequiredValue(JudgeFolder),
        };
        using var sampler = new StorySampler(parts, options.PrefixFrames, device, parsed.GetRequiredValue(Sampled));
        options = options with { Sampling = SamplingOf(parsed, sampler.DefaultSampling) };
        var own = parsed.GetValue(Data) is { } path ? new DataConfig { Path = path, Fit = parsed.GetRequiredValue(Fit) } : null;
        var (source, _) = await ClipSources.OpenAsync(own, new WorldConfig(), video.Geometry(), video.FramesPerSecond, options.Seed, Console.Error, cancellationToken).ConfigureAwait(false);
        using var model = new ModelEvaluation(parts, video, source, options.Seed, device);
        var figures = new Dictionary<string, Figure>();
        var shown = new EvaluationPictures([], [], [], []);
        if (own is null)
        {
            shown = Judged(sampler, options, device, figures, cancellationToken);
        }

        foreach (var (name, figure) in await model.MeasureAsync(options.Clips, cancellationToken).ConfigureAwait(false))
        {
            figures.Add(name, figure);
        }

        await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(AsJson)
            ? JsonSerializer.Serialize(figures, Json)
            : string.Join(Environment.NewLine, figures.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key,-28} {entry.Value.Value,9:0.###}  ({entry.Value.Clips})"))));
        if (parsed.GetValue(Report) is { } report)
        {
            if (own is not null)
            {
                shown.Clips.AddRange(source.SamplePrompts.Select(prompts => (prompts[0], Made(sampler, prompts[0], options))));
                shown.Rows.Add(("rebuilt", model.Rebuilt));
            }

            await EvaluationReport.WriteAsync(report, video, figures, shown, cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    private static EvaluationPictures Judged(
        StorySampler sampler, EvaluationOptions options, ComputeDevice device, Dictionary<string, Figure> figures, CancellationToken cancellationToken)
    {
        using var judge = Judge.Load(options.JudgeFolder, device);
        using var art = new ArtMatcher();
        var clips = new ClipEvaluation(sampler, judge, art, options);
        var stories = new StoryEvaluation(sampler, judge, options);
        var given = new GivenEvaluation(sampler, judge, options);
        foreach (var (name, figure) in clips.Measure(Progress("clips", options.Clips), cancellationToken)
            .Concat(stories.MeasureRandom(Progress("stories", options.Stories), cancellationToken))
            .Concat(stories.MeasureReadme(Progress("README", options.ReadmeSeeds), cancellationToken))
            .Concat(given.MeasureStyles(Progress("styles", options.Given), cancellationToken))
            .Concat(given.MeasurePictures(Progress("pictures", options.Given), cancellationToken)))
        {
            figures.Add(name, figure);
        }

        return new EvaluationPictures(clips.Shown, stories.Shown, [.. clips.Judged, .. stories.Judged], clips.BySubject);
    }

    private static byte[] Made(StorySampler sampler, string prompt, EvaluationOptions options) =>
        [.. sampler.Story([prompt], options.Sampling ?? sampler.DefaultSampling, options.Seed)[0].SelectMany(frame => frame)];

    private static VideoTokenizerConfig VideoOf(ModelParts parts)
    {
        using var files = ModelFolder.Open(parts.VideoTokenizer, VideoTokenizerConfig.Type);
        return files.ReadConfig<VideoTokenizerConfig>();
    }

    private static SamplingSettings SamplingOf(ParseResult parsed, SamplingSettings own)
    {
        var sampling = own with
        {
            Steps = parsed.GetValue(Steps) ?? own.Steps,
            GuidanceScale = parsed.GetValue(Guidance) ?? own.GuidanceScale,
            Temperature = parsed.GetValue(Temperature) ?? own.Temperature,
            ChoiceTemperature = parsed.GetValue(ChoiceTemperature) ?? own.ChoiceTemperature,
        };
        string[] wrong = [.. sampling.Violations().Select(violation => violation.Message)];
        return wrong.Length == 0 ? sampling : throw new InvalidOperationException(string.Join("; ", wrong));
    }

    private static Action<int> Progress(string what, int all) => done => Console.Error.WriteLine($"{what}: {done} of {all}");

    private static Option<int> Number(string name, string description, int otherwise, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            {
                result.AddError($"{name} is {value}; allowed are {least} to {most}.");
            }
        });
        return option;
    }
}
