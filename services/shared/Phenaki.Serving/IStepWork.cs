namespace Phenaki.Serving;

/// <summary>Work that advances in steps. Made, stepped, read and disposed on the model's thread only.</summary>
/// <typeparam name="TProgress">What there is to tell after a step.</typeparam>
/// <typeparam name="TResult">What there is in the end.</typeparam>
public interface IStepWork<out TProgress, out TResult> : IDisposable
{
    /// <summary>True when no step is left.</summary>
    bool IsDone { get; }

    /// <summary>Does one step.</summary>
    void Step();

    /// <summary>What there is to tell after the latest step: a copy, as the reader is on another thread.</summary>
    TProgress Progress();

    /// <summary>What there is in the end: a copy, as it outlives the work.</summary>
    TResult Result();
}
