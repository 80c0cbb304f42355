namespace Phenaki.Orchestrator.Durable;

/// <summary>What came of asking for a story.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Story">The story as protobuf; null where there is none.</param>
[GenerateSerializer, Immutable, Alias("phenaki.story-creation")]
internal sealed record StoryCreation([property: Id(0)] StoryCreationOutcome Outcome, [property: Id(1)] byte[]? Story);
