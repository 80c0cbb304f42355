namespace Phenaki.Orchestrator.Durable;

/// <summary>What came of asking for a story.</summary>
[GenerateSerializer, Alias("phenaki.story-creation-outcome")]
internal enum StoryCreationOutcome
{
    /// <summary>It will be made, or was by the same request before.</summary>
    [Id(0)]
    Taken,

    /// <summary>The same name was given to another request.</summary>
    [Id(1)]
    OtherBody,

    /// <summary>Too many stories wait.</summary>
    [Id(2)]
    NoRoom,
}
