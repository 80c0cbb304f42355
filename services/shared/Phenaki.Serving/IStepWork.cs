namespace Phenaki.Serving;

/// <summary>Work that advances in steps. Made, stepped, read and disposed on the model's thread only.</summary>
/// <typeparam name="TProgress">What there is to tell after a step.</typeparam>
/// <typeparam name="TResult">What there is in the end.</typeparam>
public interface IStepWork<out TProgress, out TResult> : IDisposable
{
    /// <summary>Steps done. A step that fails is not done, and leaves the work as it was.</summary>
    int StepsDone { get; }

    /// <summary>True when no step is left.</summary>
    bool IsDone { get; }

    /// <summary>What there is to tell after the latest step.</summary>
    TProgress Progress();

    /// <summary>What there is in the end.</summary>
    TResult Result();
}
