using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>How far a story is, for those who watch it.</summary>
/// <param name="Events">Number of the last event.</param>
/// <param name="Version">Another one with every change.</param>
/// <param name="State">Where the story stands.</param>
/// <param name="Progress">The last step of the sampling, as protobuf; null where there is none since the last event.</param>
/// <param name="Waiting">What it waits for, as protobuf; null where it does not.</param>
[GenerateSerializer, Immutable, Alias("phenaki.story-tidings")]
internal sealed record StoryTidings(
    [property: Id(0)] long Events,
    [property: Id(1)] long Version,
    [property: Id(2)] StoryState State,
    [property: Id(3)] byte[]? Progress,
    [property: Id(4)] byte[]? Waiting = null)
{
    /// <summary>True where nothing comes after the last event.</summary>
    public bool IsFinal => State.IsFinal();
}
