namespace Phenaki.Contracts;

/// <summary>A tensor that came over the wire is not what its receiver asked for.</summary>
public sealed class TensorFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problems">Everything that is wrong with the tensor; at least one.</param>
    public TensorFormatException(IReadOnlyList<FieldProblem> problems)
        : base(string.Join(' ', problems)) => Problems = problems;

    /// <summary>Everything that is wrong with the tensor.</summary>
    public IReadOnlyList<FieldProblem> Problems { get; }
}
