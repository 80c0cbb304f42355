namespace Phenaki.Orchestrator.Durable;

/// <summary>What came of asking for a story.</summary>
internal enum StoryCreationOutcome
{
    /// <summary>It will be made, or was by the same request before.</summary>
    Taken,

    /// <summary>The same name was given to another request.</summary>
    OtherBody,

    /// <summary>Too many stories wait.</summary>
    NoRoom,
}
