using System.Diagnostics;
using Phenaki.Serving;

namespace Phenaki.MaskedTransformer.Sampling;

/// <summary>A clip as stepped work of the scheduler; lives on the model's thread.</summary>
/// <param name="sampler">The clip.</param>
/// <param name="withTokens">Whether the progress carries the tokens so far.</param>
/// <param name="rows">Rows of a step's forward: 2 with guidance, which also asks the model without the text.</param>
/// <param name="call">Span of the call that the clip is sampled for.</param>
/// <param name="metrics">Gets the time of every step.</param>
internal sealed class ClipWork(IClipSampler sampler, bool withTokens, int rows, ActivityContext call, MaskedTransformerMetrics metrics) : IStepWork<ClipProgress, int[]>
{
    /// <inheritdoc/>
    public bool IsDone => sampler.StepsDone >= sampler.Steps;

    /// <inheritdoc/>
    public void Step()
    {
        var start = Stopwatch.GetTimestamp();
        using (MaskedTransformerTracing.Step(call, sampler.StepsDone + 1))
        {
            sampler.Step();
        }

        metrics.StepDone(rows, Stopwatch.GetElapsedTime(start));
    }

    /// <inheritdoc/>
    public ClipProgress Progress() => new(sampler.StepsDone, sampler.Steps, sampler.Masked, withTokens ? sampler.Tokens : null);

    /// <inheritdoc/>
    public int[] Result() => sampler.Tokens;

    /// <inheritdoc/>
    public void Dispose() => sampler.Dispose();
}
