namespace Phenaki.Orchestrator.Durable;

/// <summary>What came of a command to a story; all as protobuf.</summary>
/// <param name="Answer">The answer; null where the command was refused.</param>
/// <param name="Story">The story after it; null where the command was refused.</param>
/// <param name="Refusal">Why it was refused, as google.rpc.Status; null where it was not.</param>
[GenerateSerializer, Immutable, Alias("phenaki.story-steering")]
internal sealed record StorySteering([property: Id(0)] byte[]? Answer, [property: Id(1)] byte[]? Story, [property: Id(2)] byte[]? Refusal);
