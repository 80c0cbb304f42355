namespace Phenaki.Orchestrator.Clients;

/// <summary>
/// A story cannot be made by its client's deadline. It says nothing about another story that waits for the same clip, which the type of its
/// base tells <see cref="Caching.SingleFlight{TKey, TValue}"/>.
/// </summary>
/// <param name="service">The service that ran out of the time, as people call it: "text-encoder".</param>
/// <param name="detail">What it says.</param>
/// <param name="inner">The failure of the call.</param>
internal sealed class StoryDeadlineException(string service, string detail, Exception? inner = null)
    : TimeoutException($"The {service} service cannot answer within the deadline of the story: {detail}", inner);
