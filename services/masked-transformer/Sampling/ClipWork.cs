using System.Diagnostics;
using Phenaki.Serving;

namespace Phenaki.MaskedTransformer.Sampling;

/// <summary>A clip as stepped work of the scheduler; lives on the model's thread.</summary>
/// <param name="sampler">The clip.</param>
/// <param name="withTokens">Whether the progress carries the tokens so far.</param>
/// <param name="rows">Rows of a step's forward: 2 with guidance, which also asks the model without the text.</param>
/// <param name="call">Span of the call that the clip is sampled for.</param>
internal sealed class ClipWork(IClipSampler sampler, bool withTokens, int rows, ActivityContext call) : IStepWork<ClipProgress, int[]>
{
    /// <summary>The clip.</summary>
    public IClipSampler Sampler => sampler;

    /// <summary>Rows of a step's forward.</summary>
    public int Rows => rows;

    /// <summary>Span of the call that the clip is sampled for.</summary>
    public ActivityContext Call => call;

    /// <inheritdoc/>
    public int StepsDone => sampler.StepsDone;

    /// <inheritdoc/>
    public bool IsDone => sampler.StepsDone >= sampler.Steps;

    /// <inheritdoc/>
    public ClipProgress Progress() => new(sampler.StepsDone, sampler.Steps, sampler.Masked, withTokens ? sampler.Tokens : null);

    /// <inheritdoc/>
    public int[] Result() => sampler.Tokens;

    /// <inheritdoc/>
    public void Dispose() => sampler.Dispose();
}
