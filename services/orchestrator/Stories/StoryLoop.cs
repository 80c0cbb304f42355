using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Phenaki.Caching;
using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Stories;

/// <summary>
/// Makes a story, clip after clip (arXiv 2210.02399, section 2.3): sample under the scene's prompt, decode, show the new frames, encode the
/// last K of them again as the start of the next clip.
/// </summary>
internal sealed class StoryLoop(
    PromptEncoder prompts,
    ClipMaker clips,
    ISeedSource seeds,
    IOptions<OrchestratorOptions> options,
    TimeProvider time,
    StoryMetrics metrics)
{
    /// <summary>
    /// The events of a story. It is made ahead of whoever reads them, by a bounded number of frames; when the reading ends early, so does
    /// the making, with every call that is in flight.
    /// </summary>
    /// <param name="request">The story.</param>
    /// <param name="models">The models to make it with.</param>
    /// <param name="script">Says how it goes on; null for its scenes as they are.</param>
    /// <param name="deadline">When the client stops waiting; null when it set no deadline.</param>
    /// <param name="cancellationToken">Ends the story.</param>
    public async IAsyncEnumerable<StoryEvent> RunAsync(
        StoryRequest request, ModelSet models, IStoryScript? script, DateTimeOffset? deadline, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var buffer = new StoryEventBuffer(options.Value.BufferedFrames);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        script ??= new FixedScript(request.Scenes, models.Planner, OpeningFrames(request, models).Count);
        var making = FillAsync(buffer, request, models, script, new(deadline, stop.Token));
        try
        {
            await foreach (var item in buffer.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await making;
        }
    }

    private async Task FillAsync(StoryEventBuffer buffer, StoryRequest request, ModelSet models, IStoryScript script, CallScope scope)
    {
        try
        {
            await MakeAsync(buffer, request, models, script, scope);
            buffer.Complete(null);
        }
        catch (Exception failure)
        {
            // It comes out where the events are read.
            buffer.Complete(failure);
        }
    }

    private async Task MakeAsync(StoryEventBuffer buffer, StoryRequest request, ModelSet models, IStoryScript script, CallScope scope)
    {
        var ledger = new StoryLedger(time, metrics);
        var run = await StartAsync(buffer, request, models, script, ledger, scope);
        var shown = 0;
        var scene = 0;
        List<ClipReport> reports = [];
        while (await script.NextAsync(scope.CancellationToken) is { } next)
        {
            var clip = next.Plan;
            if (clip.Clip == 0)
            {
                // One whose end was not planned when its last clip began.
                await EndSceneAsync();
                scene = clip.Scene;
                var planned = await StartSceneAsync(run, next, scope);
                await buffer.WriteAsync(new StoryEvent.SceneStarted(scene, script.CanChange ? planned : null), scope.CancellationToken);
            }

            var key = ClipMaker.Key(run, clip);
            var (frames, report) = await MakeClipAsync(run, clip, key, scope);
            reports.Add(report);
            run.Before = key;
            foreach (var frame in frames)
            {
                run.Recent.Add(frame);
                await buffer.WriteAsync(new StoryEvent.Frame(clip.Scene, shown++, frame), scope.CancellationToken);
            }

            if (clip.LastOfScene)
            {
                await EndSceneAsync();
            }
        }

        await EndSceneAsync();
        await buffer.WriteAsync(new StoryEvent.Finished(shown, ledger.Close()), scope.CancellationToken);

        async Task EndSceneAsync()
        {
            if (reports.Count > 0)
            {
                await buffer.WriteAsync(new StoryEvent.SceneFinished(scene, reports), scope.CancellationToken);
                reports = [];
            }
        }
    }

    /// <summary>Has the embedding of a scene's prompt ready: the one that was made when the story began, or that of a scene which has come since.</summary>
    private async Task<PlannedScene> StartSceneAsync(StoryRun run, ScriptedClip first, CallScope scope)
    {
        var (prompt, frames) = first.Scene;
        run.SceneSeed = first.Scene.Seed ?? run.Seed;
        run.Prompt = run.Prompts.GetValueOrDefault(prompt) ?? (await prompts.EncodeAsync([prompt], run.Models, run.Ledger, scope))[prompt];
        var clipCount = run.Models.Planner.CountClips(frames, first.Plan.FirstFrame, OpeningFrames(run.Request, run.Models).Count);
        return new(prompt, frames, clipCount, run.Prompt.Encoding.UnknownWords);
    }

    private async Task<(IReadOnlyList<ReadOnlyMemory<byte>> Frames, ClipReport Report)> MakeClipAsync(
        StoryRun run, ClipPlan clip, CacheKey key, CallScope scope)
    {
        using var span = StoryTracing.Clip(clip);
        var before = run.Ledger.Close();
        var frames = await run.Ledger.SpendRestAsync(StoryStage.Cache, () => clips.MakeAsync(run, clip, key, scope));
        var report = Report(clip, before, run.Ledger.Close());
        metrics.ClipMade(report);
        span.Made(report);
        return (frames, report);
    }

    private async Task<StoryRun> StartAsync(
        StoryEventBuffer buffer, StoryRequest request, ModelSet models, IStoryScript script, StoryLedger ledger, CallScope scope)
    {
        var scenes = script.Scenes;
        var texts = scenes.Select(scene => scene.Prompt);
        var run = new StoryRun
        {
            Request = request,
            Models = models,
            Seed = request.Seed ?? seeds.Next(),
            Prompts = await prompts.EncodeAsync(request.NegativePrompt is { } negative ? texts.Append(negative) : texts, models, ledger, scope),
            Ledger = ledger,
            OnProgress = buffer.Report,
            Recent = new(models.PrefixFrames),
        };

        var opening = OpeningFrames(request, models);
        opening.ForEach(run.Recent.Add);
        run.Before = opening.Count > 0 ? StoryKeys.OpeningFrames(models.Geometry.Height, models.Geometry.Width, opening) : null;

        var clipCounts = models.Planner.CountClips([.. scenes.Select(scene => scene.Frames)], opening.Count);
        await buffer.WriteAsync(
            new StoryEvent.Accepted(
                run.Seed,
                scenes.Sum(scene => scene.Frames),
                [.. scenes.Select((scene, number) =>
                    new PlannedScene(scene.Prompt, scene.Frames, clipCounts[number], run.Prompts[scene.Prompt].Encoding.UnknownWords))]),
            scope.CancellationToken);
        return run;
    }

    /// <summary>The frames that a story goes on from: only those that are used count, so that a longer clip with the same end is the same story.</summary>
    private static List<ReadOnlyMemory<byte>> OpeningFrames(StoryRequest request, ModelSet models) =>
        [.. request.OpeningFrames.TakeLast(models.Planner.PrefixFrames(request.OpeningFrames.Count))];

    private static ClipReport Report(ClipPlan clip, StoryAccount before, StoryAccount after) => new(
        clip.Clip,
        TokensFromCache: after.SampleTokensCalls == before.SampleTokensCalls,
        FramesFromCache: after.DecodeVideoCalls == before.DecodeVideoCalls,
        clip.NewFrames,
        after.Stages[StoryStage.SampleTokens] - before.Stages[StoryStage.SampleTokens],
        after.Stages[StoryStage.DecodeVideo] - before.Stages[StoryStage.DecodeVideo]
            + after.Stages[StoryStage.EncodeVideo] - before.Stages[StoryStage.EncodeVideo]);
}
