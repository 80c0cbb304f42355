using System.Collections.Concurrent;
using Phenaki.Caching;
using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Tests.Fakes;

internal sealed class FakeMaskedTransformer : FakeService, IMaskedTransformerClient
{
    public MaskedTransformerCard Card { get; set; } = FakeModels.Masked;

    public ConcurrentQueue<ClipToSample> Clips { get; } = new();

    /// <summary>Runs after each step of a call, with the numbers of the call and the step, from 1.</summary>
    public Func<int, int, CallScope, Task> OnStep { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Makes of the tokens what leaves.</summary>
    public Func<int[], int[]> Transform { get; set; } = tokens => tokens;

    /// <summary>Steps beside those that are asked for.</summary>
    public const int Revisions = 1;

    public async Task<MaskedTransformerCard> GetModelAsync(CallScope scope)
    {
        await OnGetModel(scope);
        return Card;
    }

    public Task<int[]> SampleAsync(ClipToSample clip, ModelSet models, Action<int, int> onStep, CallScope scope)
    {
        Clips.Enqueue(clip);
        return CallAsync(scope, async () =>
        {
            var call = Calls;
            var steps = clip.Sampling.Steps + Revisions;
            for (var step = 1; step <= steps; step++)
            {
                onStep(step, steps);
                await OnStep(call, step, scope);
            }

            return Transform(Sample(clip));
        });
    }

    public static int[] Sample(ClipToSample clip)
    {
        var known = clip.Prefix.Length / FakeModels.Geometry.TokensPerLatentFrame;
        return
        [
            .. clip.Prefix,
            .. FakeModels.Tokens(
                clip.LatentFrames - known,
                "sample",
                clip.Prefix,
                Content(clip.Prompt),
                clip.NegativePrompt is { } negative ? Content(negative) : "none",
                clip.Sampling,
                clip.Seed,
                clip.Scene,
                clip.Clip),
        ];
    }

    private static string Content(EncodedPrompt prompt) => $"{prompt.Tokens}:{Convert.ToHexString(prompt.Embedding.Span)}";
}
