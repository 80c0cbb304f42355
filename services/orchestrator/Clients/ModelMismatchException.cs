namespace Phenaki.Orchestrator.Clients;

/// <summary>The models behind the orchestrator do not fit each other, or its configuration.</summary>
/// <param name="problems">Everything that does not fit, each with both values.</param>
internal sealed class ModelMismatchException(IReadOnlyList<string> problems)
    : Exception("The models do not fit each other: " + string.Join(' ', problems))
{
    /// <summary>Everything that does not fit, each with both values.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
