using Orleans.Concurrency;

namespace Phenaki.Orchestrator.Durable;

/// <summary>Hands out the places of stories that are made at the same time; there is one for all orchestrators.</summary>
[Alias("phenaki.story-gate")]
internal interface IStoryGateGrain : IGrainWithIntegerKey
{
    /// <summary>Key of the one.</summary>
    const long Key = 0;

    /// <summary>Takes in a new story.</summary>
    /// <returns>False where too many wait.</returns>
    [Alias("enter")]
    Task<bool> EnterAsync(StoryTicket ticket);

    /// <summary>Waits some seconds for a place; asked again by a story that has one, it keeps it.</summary>
    /// <returns>True where the story has a place.</returns>
    [Alias("ask"), AlwaysInterleave]
    Task<bool> AskAsync(StoryTicket ticket);

    /// <summary>Gives the place, or the turn, back.</summary>
    [Alias("leave"), AlwaysInterleave]
    Task LeaveAsync(string id);
}
