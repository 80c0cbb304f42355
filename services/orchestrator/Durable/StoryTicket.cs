namespace Phenaki.Orchestrator.Durable;

/// <summary>A story that wants to be made.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Owner">The API key that it belongs to.</param>
/// <param name="IsBatch">True where others go first.</param>
/// <param name="Created">When it was asked for.</param>
/// <param name="OwnerLimit">Most stories of the owner at the same time.</param>
[GenerateSerializer, Immutable, Alias("phenaki.story-ticket")]
internal sealed record StoryTicket(
    [property: Id(0)] string Id,
    [property: Id(1)] string Owner,
    [property: Id(2)] bool IsBatch,
    [property: Id(3)] DateTimeOffset Created,
    [property: Id(4)] int OwnerLimit);
