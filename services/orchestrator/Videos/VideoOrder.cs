using System.Globalization;
using Google.Protobuf;
using Phenaki.Contracts;
using Phenaki.Media;
using Phenaki.Orchestrator.Clients;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Makes requests for stories of requests for videos.</summary>
internal static class VideoOrder
{
    private const double DefaultSeconds = 4;
    private const double MaxSeconds = 1_000_000;

    /// <summary>A video from nothing.</summary>
    /// <param name="body">What is asked for.</param>
    /// <param name="opening">The frame that it goes on from; null for none.</param>
    /// <param name="models">The models.</param>
    /// <param name="modelNames">Names of the model besides its own.</param>
    /// <exception cref="VideoException">A field is wrong.</exception>
    public static CreateStoryRequest Create(VideoCreateBody body, byte[]? opening, ModelSet models, IReadOnlyList<string> modelNames)
    {
        var violations = new Violations();
        var name = models.MaskedTransformer.Model.Name;
        if (body.Model is { } model && model != name && !modelNames.Contains(model))
        {
            throw VideoException.Invalid("model", $"There is no model {Violations.Quote(model)} here; it is '{name}', and may be left out.", "model_not_found");
        }

        var story = new GenerateStoryRequest { Style = body.Style ?? "", NegativePrompt = body.NegativePrompt ?? "", Sampling = new() };
        if (body.Prompt is not null || body.Scenes is not { Count: > 0 })
        {
            story.Scenes.Add(new Scene { Prompt = body.Prompt ?? "", Frames = Frames("seconds", body.Seconds ?? DefaultSeconds, models, violations) });
        }

        for (var i = 0; i < body.Scenes?.Count; i++)
        {
            var scene = body.Scenes[i] ?? new();
            var frames = scene.Frames ?? Frames($"scenes[{i}].seconds", scene.Seconds ?? body.Seconds ?? DefaultSeconds, models, violations);
            story.Scenes.Add(new Scene { Prompt = scene.Prompt ?? "", Frames = frames });
        }

        Set(body.Seed, seed => story.Seed = seed);
        Set(body.Steps, steps => story.Sampling.Steps = steps);
        Set(body.Guidance, guidance => story.Sampling.GuidanceScale = guidance);
        Set(body.Temperature, temperature => story.Sampling.Temperature = temperature);
        Set(body.ChoiceTemperature, temperature => story.Sampling.ChoiceTemperature = temperature);
        Open(story, opening is null ? [] : [opening]);
        var scale = Scale(body.Size, models.Geometry.Width, models.Geometry.Height, violations);
        ThrowIfAny(violations.Problems);
        return Scaled(story, scale);
    }

    /// <summary>What follows the end of a video that was sent. Its frames are not part of it.</summary>
    /// <param name="frames">Of what was sent; at least one.</param>
    /// <param name="body">What is asked for.</param>
    /// <param name="models">The models.</param>
    /// <exception cref="VideoException">A field is wrong.</exception>
    public static CreateStoryRequest Continue(IReadOnlyList<byte[]> frames, VideoExtendBody body, ModelSet models)
    {
        var violations = new Violations();
        var length = Frames("seconds", body.Seconds ?? DefaultSeconds, models, violations);
        var prompt = Prompt(body.Prompt);
        ThrowIfAny(violations.Problems);
        return From(frames.TakeLast(models.PrefixFrames), prompt, length, models);
    }

    /// <summary>A video as long as one that was sent, from its first frame on: the model makes frames, it does not change them.</summary>
    /// <inheritdoc cref="Continue"/>
    public static CreateStoryRequest Remake(IReadOnlyList<byte[]> frames, VideoEditBody body, ModelSet models) => body.Scene is null or 0
        ? From(frames.Take(1), Prompt(body.Prompt), (uint)frames.Count, models)
        : throw VideoException.Invalid("scene", $"scene is {body.Scene}; a file that is sent is one scene, 0.");

    /// <summary>A video with another prompt for one of its scenes.</summary>
    /// <param name="source">Of the video, with opening frames.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="scene">Number of the scene; null where there is one only.</param>
    /// <exception cref="VideoException">It has no such scene.</exception>
    public static GenerateStoryRequest Remix(GenerateStoryRequest source, string? prompt, int? scene)
    {
        if (scene is null && source.Scenes.Count > 1)
        {
            throw VideoException.Invalid("scene", $"scene is not set, and the video has {source.Scenes.Count} scenes; say which of them the prompt is for, from 0.");
        }

        if (scene is { } number && (number < 0 || number >= source.Scenes.Count))
        {
            throw VideoException.Invalid("scene", $"scene is {number}; allowed are 0 to {source.Scenes.Count - 1}.");
        }

        var remixed = source.Clone();
        remixed.Scenes[scene ?? 0].Prompt = Prompt(prompt);
        return remixed;
    }

    /// <summary>A video with one more scene. What is before it is the same video, and comes from the cache.</summary>
    /// <exception cref="VideoException">A field is wrong.</exception>
    public static GenerateStoryRequest Extend(GenerateStoryRequest source, VideoExtendBody body, ModelSet models)
    {
        var violations = new Violations();
        var extended = source.Clone();
        extended.Scenes.Add(new Scene { Prompt = Prompt(body.Prompt), Frames = Frames("seconds", body.Seconds ?? DefaultSeconds, models, violations) });
        ThrowIfAny(violations.Problems);
        return extended;
    }

    /// <summary>The names that fields of a story have in a request for a video.</summary>
    public static VideoException Explain(IEnumerable<FieldProblem> problems, bool hasPrompt) =>
        VideoException.Invalid([.. problems.Select(problem => problem with { Field = Rename(problem.Field, hasPrompt) })]);

    private static string Rename(string field, bool hasPrompt)
    {
        if (hasPrompt && field.StartsWith("scenes[", StringComparison.Ordinal)
            && int.TryParse(field.AsSpan("scenes[".Length, field.IndexOf(']', StringComparison.Ordinal) - "scenes[".Length), CultureInfo.InvariantCulture, out var scene))
        {
            var part = field[(field.IndexOf(']', StringComparison.Ordinal) + 2)..];
            return scene > 0 ? $"scenes[{scene - 1}].{part}" : part == "frames" ? "seconds" : part;
        }

        return field switch
        {
            "sampling.guidance_scale" => "guidance",
            _ when field.StartsWith("sampling.", StringComparison.Ordinal) => field["sampling.".Length..],
            "request_id" => "Idempotency-Key",
            _ => field,
        };
    }

    private static CreateStoryRequest From(IEnumerable<byte[]> opening, string prompt, uint frames, ModelSet models)
    {
        var story = new GenerateStoryRequest { Scenes = { new Scene { Prompt = prompt, Frames = frames } } };
        Open(story, opening);
        return Scaled(story, VideoWriterOptions.ComfortableScale(models.Geometry.Width, models.Geometry.Height));
    }

    private static void Open(GenerateStoryRequest story, IEnumerable<byte[]> opening) =>
        story.OpeningFrames.AddRange(opening.Select(frame => new Common.V1.Frame { Rgb = UnsafeByteOperations.UnsafeWrap(frame) }));

    private static CreateStoryRequest Scaled(GenerateStoryRequest story, int scale) =>
        new() { Story = story, Labels = { [VideoLabels.Scale] = scale.ToString(CultureInfo.InvariantCulture) } };

    private static string Prompt(string? prompt) => string.IsNullOrWhiteSpace(prompt) ? throw VideoException.Invalid("prompt", "prompt is blank; it must say something.") : prompt;

    private static uint Frames(string field, double seconds, ModelSet models, Violations violations)
    {
        if (!(seconds > 0 && seconds <= MaxSeconds))
        {
            violations.Add(field, string.Create(CultureInfo.InvariantCulture, $"is {seconds}; allowed are more than 0."));
            return 1;
        }

        return (uint)Math.Clamp(Math.Round(seconds * models.VideoTokenizer.FramesPerSecond), 1, uint.MaxValue);
    }

    private static int Scale(string? size, int width, int height, Violations violations)
    {
        if (size is null)
        {
            return VideoWriterOptions.ComfortableScale(width, height);
        }

        for (var scale = 1; scale <= VideoWriterOptions.MaxScale; scale++)
        {
            if (size == VideoAnswers.Size(width, height, scale))
            {
                return scale;
            }
        }

        violations.Add(
            "size",
            $"is {Violations.Quote(size)}; allowed are {VideoAnswers.Size(width, height, 1)}, which is the model's, and up to {VideoWriterOptions.MaxScale} times that, as in {VideoAnswers.Size(width, height, 2)}.");
        return 1;
    }

    private static void Set<T>(T? value, Action<T> set)
        where T : struct
    {
        if (value is { } given)
        {
            set(given);
        }
    }

    private static void ThrowIfAny(IReadOnlyList<FieldProblem> problems)
    {
        if (problems.Count > 0)
        {
            throw VideoException.Invalid(problems);
        }
    }
}
