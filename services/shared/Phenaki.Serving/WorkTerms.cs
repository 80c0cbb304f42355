namespace Phenaki.Serving;

/// <summary>What a request asks of whoever serves it.</summary>
/// <param name="Cost">Size of the work, greater than 0, in the unit that the service counts in (steps, tokens).</param>
/// <param name="Deadline">When the result is of no use any more; null for never.</param>
/// <param name="Priority">Who goes first.</param>
public readonly record struct WorkTerms(double Cost, DateTimeOffset? Deadline = null, WorkPriority Priority = WorkPriority.Interactive);
