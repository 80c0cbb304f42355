using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Phenaki.Cli.Stories;

/// <summary>What is said about a story that is written.</summary>
internal static class StoryText
{
    /// <summary>Words that the model does not know, a line for each scene that has some.</summary>
    public static IEnumerable<string> Warnings(StoryResult result) =>
        from scene in result.Plan.Scenes.Select((plan, index) => (plan.UnknownWords, Number: index + 1))
        where scene.UnknownWords.Count > 0
        select $"Warning: the model has never seen these words of scene {scene.Number} and cannot show them: {string.Join(", ", scene.UnknownWords)}";

    /// <summary>For people.</summary>
    /// <param name="output">What was written.</param>
    /// <param name="result">The story.</param>
    /// <param name="again">How the same video is made again.</param>
    /// <param name="took">How long it took.</param>
    public static IEnumerable<string> Summary(string output, StoryResult result, string again, TimeSpan took)
    {
        var clips = result.Clips.ToList();
        var prompts = result.Account.PromptsFromCache + result.Account.ModelCalls.EncodePrompts;
        yield return Say($"Wrote {output}: {result.Account.Frames} frames, {result.Account.Frames / result.Plan.FramesPerSecond:0.#} s at {result.Plan.FramesPerSecond:0.###} frames a second.");
        yield return Say($"Seed {result.Plan.Seed}; {again}");
        yield return Say($"From the cache: {clips.Count(clip => clip.Clip.TokensFromCache)} of {clips.Count} clips, {result.Account.PromptsFromCache} of {prompts} prompts.");
        yield return Say($"Took {took.TotalSeconds:0.0} s: sampling {result.Account.Seconds.SampleTokens:0.0} s, decoding {result.Account.Seconds.DecodeVideo:0.0} s, encoding {result.Account.Seconds.EncodeVideo:0.0} s.");
    }

    /// <summary>For programs, in one line.</summary>
    public static string Json(StoryResult result, TimeSpan took) => new JsonObject
    {
        ["seed"] = result.Plan.Seed,
        ["frames"] = result.Account.Frames,
        ["frames_per_second"] = result.Plan.FramesPerSecond,
        ["files"] = Strings(result.Files),
        ["scenes"] = new JsonArray([.. result.Plan.Scenes.Select(scene => new JsonObject
        {
            ["prompt"] = scene.Prompt,
            ["frames"] = scene.Frames,
            ["unknown"] = Strings(scene.UnknownWords),
        })]),
        ["clips"] = new JsonArray([.. result.Clips.Select(item => new JsonObject
        {
            ["scene"] = item.Scene,
            ["clip"] = item.Clip.Clip,
            ["frames"] = item.Clip.Frames,
            ["from_cache"] = item.Clip.TokensFromCache,
            ["frames_from_cache"] = item.Clip.FramesFromCache,
            ["sampling_seconds"] = item.Clip.SamplingSeconds,
            ["tokenizer_seconds"] = item.Clip.TokenizerSeconds,
        })]),
        ["prompts_from_cache"] = result.Account.PromptsFromCache,
        ["model_calls"] = new JsonObject
        {
            ["encode_prompts"] = result.Account.ModelCalls.EncodePrompts,
            ["sample_tokens"] = result.Account.ModelCalls.SampleTokens,
            ["decode_video"] = result.Account.ModelCalls.DecodeVideo,
            ["encode_video"] = result.Account.ModelCalls.EncodeVideo,
        },
        ["seconds"] = new JsonObject
        {
            ["encode_prompts"] = result.Account.Seconds.EncodePrompts,
            ["sample_tokens"] = result.Account.Seconds.SampleTokens,
            ["decode_video"] = result.Account.Seconds.DecodeVideo,
            ["encode_video"] = result.Account.Seconds.EncodeVideo,
            ["cache"] = result.Account.Seconds.Cache,
            ["story"] = result.Account.Seconds.Total,
            ["total"] = took.TotalSeconds,
        },
    }.ToJsonString(JsonSerializerOptions.Default);

    private static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static string Say(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
