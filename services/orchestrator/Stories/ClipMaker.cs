using Phenaki.Caching;
using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Stories;

/// <summary>
/// Makes the new frames of a clip. Each of them, its tokens and its prefix is looked up first, is made once however many stories want it at
/// the same time, and is stored as soon as it is there, so that a story that breaks off goes on where it was.
/// </summary>
internal sealed class ClipMaker(
    IVideoTokenizerClient video, IMaskedTransformerClient masked, StoryCache cache, CallResumption resumption)
{
    /// <summary>Key of a clip.</summary>
    public static CacheKey Key(StoryRun run, ClipPlan clip)
    {
        var models = run.Models;
        var sampling = run.Request.Sampling;
        return StoryKeys.Clip(new()
        {
            TransformerFingerprint = models.MaskedTransformer.Model.Fingerprint,
            TokenizerFingerprint = models.VideoTokenizer.Model.Fingerprint,
            Prompt = run.Prompt!.Key,
            NegativePrompt = run.NegativePrompt?.Key,
            Steps = sampling.Steps,
            GuidanceScale = sampling.GuidanceScale,
            Temperature = sampling.Temperature,
            ChoiceTemperature = sampling.ChoiceTemperature,
            LatentFrames = clip.LatentFrames,
            Rows = models.Geometry.Rows,
            Columns = models.Geometry.Columns,
            PrefixFrames = models.PrefixFrames,
            PrefixLatentFrames = clip.PrefixLatentFrames,
            NewFrames = clip.NewFrames,
            Seed = run.SceneSeed,
            Scene = (uint)clip.Scene,
            Clip = (uint)clip.Clip,
            Before = run.Before,
        });
    }

    /// <summary>The new frames of a clip.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> MakeAsync(StoryRun run, ClipPlan clip, CacheKey key, CallScope scope)
    {
        var geometry = run.Models.Geometry;
        var frames = await cache.GetOrComputeAsync(
            new FramesEntry(key, clip.NewFrames, geometry.Height, geometry.Width),
            async cancellationToken =>
            {
                var within = scope with { CancellationToken = cancellationToken };
                var tokens = await TokensAsync(run, clip, key, within);
                var decoded = await CallAsync(
                    run, StoryStage.DecodeVideo, attempt => video.DecodeAsync(tokens, clip.PrefixFrames, run.Models, attempt), within);
                return [.. decoded.Take(clip.NewFrames)];
            },
            scope.CancellationToken);
        return frames.Value;
    }

    private async Task<int[]> TokensAsync(StoryRun run, ClipPlan clip, CacheKey key, CallScope scope)
    {
        var geometry = run.Models.Geometry;
        var tokens = await cache.GetOrComputeAsync(
            TokensEntry.OfClip(key, clip.LatentFrames, geometry.Rows, geometry.Columns, run.Models.VideoTokenizer.CodebookSize),
            async cancellationToken =>
            {
                var within = scope with { CancellationToken = cancellationToken };
                var prefix = await PrefixAsync(run, clip, within);
                return await SampleAsync(run, clip, prefix, within);
            },
            scope.CancellationToken);
        return tokens.Value;
    }

    private Task<int[]> SampleAsync(StoryRun run, ClipPlan clip, int[] prefix, CallScope scope)
    {
        var toSample = new ClipToSample(
            clip.LatentFrames,
            prefix,
            run.Prompt!.Encoding,
            run.NegativePrompt?.Encoding,
            run.Request.Sampling,
            run.SceneSeed,
            clip.Scene,
            clip.Clip,
            run.Request.Priority);
        var reported = 0;
        return CallAsync(run, StoryStage.SampleTokens, attempt => masked.SampleAsync(toSample, run.Models, Report, attempt), scope);

        void Report(int step, int steps)
        {
            // A call made again starts again, with the same steps; what the client has seen it need not see twice.
            if (step > reported && step <= steps && steps <= ClipSampling.MaxStepsOfAllStages)
            {
                reported = step;
                run.OnProgress(new(clip.Scene, clip.Clip, step, steps));
            }
        }
    }

    /// <summary>The tokens that a clip starts with. They are needed only where it is sampled, so nothing is encoded for a clip that is cached, nor after the last.</summary>
    private async Task<int[]> PrefixAsync(StoryRun run, ClipPlan clip, CallScope scope)
    {
        if (clip.PrefixFrames == 0)
        {
            return [];
        }

        var frames = run.Recent.Last(clip.PrefixFrames);
        if (clip.FirstFrame == 0)
        {
            // The key of opening frames knows no model, unlike a clip's; their tokens are therefore not cached.
            return await EncodeAsync(scope);
        }

        var geometry = run.Models.Geometry;
        var tokens = await cache.GetOrComputeAsync(
            TokensEntry.OfPrefix(
                run.Before!.Value, clip.PrefixLatentFrames, geometry.Rows, geometry.Columns, run.Models.VideoTokenizer.CodebookSize),
            cancellationToken => EncodeAsync(scope with { CancellationToken = cancellationToken }),
            scope.CancellationToken);
        return tokens.Value;

        Task<int[]> EncodeAsync(CallScope within) =>
            CallAsync(run, StoryStage.EncodeVideo, attempt => video.EncodeAsync(frames, run.Models, attempt), within);
    }

    private Task<T> CallAsync<T>(StoryRun run, StoryStage stage, Func<CallScope, Task<T>> call, CallScope scope) =>
        run.Ledger.SpendAsync(stage, () => resumption.RunAsync(
            run.Models,
            attempt =>
            {
                run.Ledger.AddCalls(stage, 1);
                return call(attempt);
            },
            scope));
}
