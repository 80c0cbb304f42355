namespace Phenaki.Fuzzing;

/// <summary>Something that must not be.</summary>
/// <param name="Number">Number of the case: <c>--first NUMBER --count 1</c> runs it alone.</param>
/// <param name="What">For people.</param>
internal sealed record FuzzFinding(int Number, string What);
