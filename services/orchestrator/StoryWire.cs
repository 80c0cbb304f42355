using Google.Protobuf;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Stories;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator;

/// <summary>Writes the events of a story for the wire.</summary>
internal static class StoryWire
{
    /// <summary>Writes an event.</summary>
    public static GenerateStoryResponse ToWire(this StoryEvent item, ModelSet models) => item switch
    {
        StoryEvent.Accepted accepted => new() { Accepted = Accepted(accepted, models) },
        StoryEvent.SceneStarted started => new()
        {
            SceneStarted = new() { Scene = (uint)started.Scene, Planned = started.Planned is { } planned ? Planned(planned) : null },
        },
        StoryEvent.Progress progress => new()
        {
            Progress = new()
            {
                Scene = (uint)progress.Scene,
                Clip = (uint)progress.Clip,
                Step = (uint)progress.Step,
                Steps = (uint)progress.Steps,
            },
        },
        StoryEvent.Frame frame => new()
        {
            Frame = new()
            {
                Scene = (uint)frame.Scene,
                Frame = new() { Index = (uint)frame.Index, Rgb = UnsafeByteOperations.UnsafeWrap(frame.Rgb) },
            },
        },
        StoryEvent.SceneFinished finished => new()
        {
            SceneFinished = new() { Scene = (uint)finished.Scene, Clips = { finished.Clips.Select(Report) } },
        },
        StoryEvent.Finished finished => new() { Finished = Finished(finished) },
        _ => throw new ArgumentException($"There is no message for {item.GetType().Name}.", nameof(item)),
    };

    private static StoryAccepted Accepted(StoryEvent.Accepted accepted, ModelSet models) => new()
    {
        Seed = accepted.Seed,
        Height = (uint)models.Geometry.Height,
        Width = (uint)models.Geometry.Width,
        FramesPerSecond = models.VideoTokenizer.FramesPerSecond,
        Frames = (uint)accepted.Frames,
        Scenes = { accepted.Scenes.Select(Planned) },
    };

    private static Story.V1.PlannedScene Planned(Stories.PlannedScene scene) => new()
    {
        Prompt = scene.Prompt,
        Frames = (uint)scene.Frames,
        Clips = (uint)scene.Clips,
        UnknownWords = { scene.UnknownWords },
    };

    private static Story.V1.ClipReport Report(Stories.ClipReport clip) => new()
    {
        Clip = (uint)clip.Clip,
        TokensFromCache = clip.TokensFromCache,
        FramesFromCache = clip.FramesFromCache,
        Frames = (uint)clip.Frames,
        SamplingSeconds = clip.Sampling.TotalSeconds,
        TokenizerSeconds = clip.Tokenizer.TotalSeconds,
    };

    private static StoryFinished Finished(StoryEvent.Finished finished)
    {
        var account = finished.Account;
        return new()
        {
            Frames = (uint)finished.Frames,
            PromptsFromCache = (uint)account.PromptsFromCache,
            ModelCalls = new()
            {
                EncodePrompts = (uint)account.EncodePromptsCalls,
                SampleTokens = (uint)account.SampleTokensCalls,
                DecodeVideo = (uint)account.DecodeVideoCalls,
                EncodeVideo = (uint)account.EncodeVideoCalls,
            },
            Seconds = new()
            {
                EncodePrompts = account.Stages[StoryStage.EncodePrompts].TotalSeconds,
                SampleTokens = account.Stages[StoryStage.SampleTokens].TotalSeconds,
                DecodeVideo = account.Stages[StoryStage.DecodeVideo].TotalSeconds,
                EncodeVideo = account.Stages[StoryStage.EncodeVideo].TotalSeconds,
                Cache = account.Stages[StoryStage.Cache].TotalSeconds,
                Total = account.Total.TotalSeconds,
            },
        };
    }
}
