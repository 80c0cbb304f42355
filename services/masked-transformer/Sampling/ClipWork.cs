using System.Diagnostics;
using Phenaki.Serving;

namespace Phenaki.MaskedTransformer.Sampling;

/// <summary>A clip as stepped work of the scheduler; lives on the model's thread.</summary>
internal sealed class ClipWork(IClipSampler sampler, bool withTokens, MaskedTransformerMetrics metrics) : IStepWork<ClipProgress, int[]>
{
    /// <inheritdoc/>
    public bool IsDone => sampler.StepsDone >= sampler.Steps;

    /// <inheritdoc/>
    public void Step()
    {
        var start = Stopwatch.GetTimestamp();
        sampler.Step();
        metrics.StepDone(Stopwatch.GetElapsedTime(start));
    }

    /// <inheritdoc/>
    public ClipProgress Progress() => new(sampler.StepsDone, sampler.Steps, sampler.Masked, withTokens ? sampler.Tokens : null);

    /// <inheritdoc/>
    public int[] Result() => sampler.Tokens;

    /// <inheritdoc/>
    public void Dispose() => sampler.Dispose();
}
