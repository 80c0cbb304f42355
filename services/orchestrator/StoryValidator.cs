using System.Text;
using Phenaki.Caching;
using Phenaki.Common.V1;
using Phenaki.Contracts;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Stories;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator;

/// <summary>Reads a story from the wire. Everything that is wrong with it is said at once, by field.</summary>
/// <param name="options">Limits.</param>
internal sealed class StoryValidator(OrchestratorOptions options)
{
    /// <summary>Most bytes of all prompts: they go back to the client in one message, with the words that the model does not know.</summary>
    public const int MaxPromptBytes = 1024 * 1024;

    private const int MaxPrompt = 4_096;
    private const int MaxStyle = 512;

    /// <summary>Checks what can be checked without knowing the models: a wrong request is told so even while a service is down.</summary>
    public Violations Check(GenerateStoryRequest request)
    {
        var violations = new Violations();
        violations.Text("style", request.Style, MaxStyle, minimum: 0);
        violations.Text("negative_prompt", request.NegativePrompt, MaxPrompt, minimum: 0);
        if (request.Scenes.Count < 1 || request.Scenes.Count > options.MaxScenes)
        {
            violations.Add("scenes", $"has {request.Scenes.Count} scenes; allowed are 1 to {options.MaxScenes}.");
        }

        for (var i = 0; i < request.Scenes.Count; i++)
        {
            CheckScene(violations, $"scenes[{i}]", request.Scenes[i], request.Style);
        }

        var bytes = PromptBytes(request.Scenes, request.Style);
        if (bytes > MaxPromptBytes)
        {
            violations.Add("scenes", $"has {bytes} bytes of prompts with their style; allowed are {MaxPromptBytes}.");
        }

        var sampling = request.Sampling ?? new();
        Range(sampling.HasSteps, "steps", sampling.Steps, 1, ClipSampling.MaxSteps);
        Range(sampling.HasGuidanceScale, "guidance_scale", sampling.GuidanceScale, 0, 64);
        Range(sampling.HasTemperature, "temperature", sampling.Temperature, 0, 16);
        Range(sampling.HasChoiceTemperature, "choice_temperature", sampling.ChoiceTemperature, 0, 64);
        WirePriority.Check(request.Priority, "priority", violations.Add);
        return violations;

        void Range(bool isSet, string field, double value, double minimum, double maximum)
        {
            if (isSet)
            {
                violations.Range($"sampling.{field}", value, minimum, maximum);
            }
        }
    }

    /// <summary>Reads a story for some models.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public StoryRequest Read(GenerateStoryRequest request, ModelSet models)
    {
        var violations = Check(request);
        var opening = new List<ReadOnlyMemory<byte>>(request.OpeningFrames.Count);
        for (var i = 0; i < request.OpeningFrames.Count; i++)
        {
            if (WireTensorReader.ReadFrame(request.OpeningFrames[i], $"opening_frames[{i}]", models.Geometry.FrameBytes, violations.Add) is { } rgb)
            {
                opening.Add(rgb);
            }
        }

        violations.ThrowIfAny();
        var negative = PromptText.Normalise(request.NegativePrompt);
        return new()
        {
            Scenes = [.. request.Scenes.Select(scene => ToScene(scene, request.Style)).Select(scene => scene.Frames == 0 ? scene with { Frames = options.DefaultSceneFrames } : scene)],
            NegativePrompt = negative.Length > 0 ? negative : null,
            OpeningFrames = opening,
            Seed = request.HasSeed ? request.Seed : null,
            Priority = request.Priority,
            Sampling = Resolve(request.Sampling ?? new(), models.MaskedTransformer.DefaultSampling),
        };
    }

    /// <summary>Bytes of prompts as the text encoder gets them; those that are too long by themselves are not counted.</summary>
    public static long PromptBytes(IEnumerable<Scene> scenes, string style) => style.Length > MaxStyle
        ? 0
        : scenes.Where(scene => scene.Prompt.Length <= MaxPrompt).Sum(scene => (long)Encoding.UTF8.GetByteCount(WithStyle(scene.Prompt, style)));

    /// <summary>Checks a scene.</summary>
    public void CheckScene(Violations violations, string field, Scene scene, string style)
    {
        violations.Text($"{field}.prompt", scene.Prompt, MaxPrompt);
        if (scene.Frames > options.MaxSceneFrames)
        {
            violations.Add($"{field}.frames", $"is {scene.Frames}; allowed are 1 to {options.MaxSceneFrames}, or 0 for {options.DefaultSceneFrames}.");
        }

        if (scene.Prompt.Length > MaxPrompt || style.Length > MaxStyle)
        {
            return;
        }

        var whole = WithStyle(scene.Prompt, style);
        if (whole.Length > MaxPrompt)
        {
            violations.Add($"{field}.prompt", $"has {whole.Length} characters with its style; allowed are {MaxPrompt} together.");
        }
    }

    /// <summary>A scene as it is made, but for the frames of one that sets none.</summary>
    public static StoryScene ToScene(Scene scene, string style) => new(WithStyle(scene.Prompt, style), (int)scene.Frames)
    {
        Seed = scene.HasSeed ? scene.Seed : null,
    };

    /// <summary>A prompt as the text encoder gets it.</summary>
    public static string WithStyle(string prompt, string style)
    {
        // "A bear swims." and "pencil drawing" are one sentence: "A bear swims, pencil drawing".
        var suffix = PromptText.Normalise(style);
        var sentence = PromptText.Normalise(prompt);
        return suffix.Length == 0 ? sentence : $"{sentence.TrimEnd('.')}, {suffix}";
    }

    private static ClipSampling Resolve(SamplingSettings sampling, ClipSampling defaults) => new(
        sampling.HasSteps ? (int)sampling.Steps : defaults.Steps,
        sampling.HasGuidanceScale ? sampling.GuidanceScale : defaults.GuidanceScale,
        sampling.HasTemperature ? sampling.Temperature : defaults.Temperature,
        sampling.HasChoiceTemperature ? sampling.ChoiceTemperature : defaults.ChoiceTemperature);
}
