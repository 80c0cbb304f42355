using Orleans.Concurrency;

namespace Phenaki.Orchestrator.Durable;

/// <summary>A story that outlives its client; its key is its id. Whoever is not its owner is told that there is none.</summary>
[Alias("phenaki.story")]
internal interface IStoryGrain : IGrainWithStringKey
{
    /// <summary>Has the story made, unless it is there already.</summary>
    [Alias("create")]
    Task<StoryCreation> CreateAsync(StoryDraft draft);

    /// <summary>The story as protobuf; null where there is none.</summary>
    /// <param name="owner">Whose story it is.</param>
    /// <param name="withOpening">True for its opening frames, too.</param>
    [Alias("get"), AlwaysInterleave]
    Task<byte[]?> GetAsync(string owner, bool withOpening);

    /// <summary>Gives the story a command.</summary>
    /// <param name="owner">Whose story it is.</param>
    /// <param name="command">The command as protobuf, with a name.</param>
    /// <returns>Null where there is no story.</returns>
    [Alias("steer")]
    Task<StorySteering?> SteerAsync(string owner, byte[] command);

    /// <summary>Waits some seconds for something that a watcher does not know.</summary>
    /// <param name="owner">Whose story it is.</param>
    /// <param name="events">Number of the last event that is known.</param>
    /// <param name="version">Version of the last tidings; -1 before the first.</param>
    /// <returns>Null where there is no story.</returns>
    [Alias("wait"), AlwaysInterleave]
    Task<StoryTidings?> WaitAsync(string owner, long events, long version);

    /// <summary>Stops the story.</summary>
    /// <returns>The story as protobuf; null where there is none.</returns>
    [Alias("cancel")]
    Task<byte[]?> CancelAsync(string owner);

    /// <summary>Stops the story and forgets it.</summary>
    /// <returns>False where there is none.</returns>
    [Alias("delete")]
    Task<bool> DeleteAsync(string owner);
}
