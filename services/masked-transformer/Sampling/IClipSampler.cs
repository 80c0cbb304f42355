namespace Phenaki.MaskedTransformer.Sampling;

/// <summary>A clip that is being sampled.</summary>
internal interface IClipSampler : IDisposable
{
    /// <summary>Steps done.</summary>
    int StepsDone { get; }

    /// <summary>Steps in all.</summary>
    int Steps { get; }

    /// <summary>Tokens that are still masked.</summary>
    int Masked { get; }

    /// <summary>A copy of all tokens; a masked one holds the codebook size.</summary>
    int[] Tokens { get; }
}
