namespace Phenaki.Serving;

/// <summary>A refusal: why, and when to come again.</summary>
/// <param name="Reason">Why.</param>
/// <param name="RetryAfter">When to come again, greater than 0.</param>
/// <param name="Message">For people, with the numbers.</param>
public sealed record AdmissionRefusal(AdmissionRefusalReason Reason, TimeSpan RetryAfter, string Message);
