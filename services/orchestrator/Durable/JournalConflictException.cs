namespace Phenaki.Orchestrator.Durable;

/// <summary>An event is there already, and it is another one: somebody else makes the same story, or its events are gone.</summary>
internal sealed class JournalConflictException(string id, long number)
    : Exception($"Event {number} of story {id} cannot be added: the events are not those that this process knows.");
