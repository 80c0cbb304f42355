using Phenaki.Caching;
using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Stories;

/// <summary>What one story carries from clip to clip.</summary>
internal sealed class StoryRun
{
    /// <summary>The story.</summary>
    public required StoryRequest Request { get; init; }

    /// <summary>The models that it is made with.</summary>
    public required ModelSet Models { get; init; }

    /// <summary>Seed used where a scene has none of its own.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Embeddings by prompt, of the scenes that were planned when the story began.</summary>
    public required IReadOnlyDictionary<string, EncodedScenePrompt> Prompts { get; init; }

    /// <summary>The embedding of the prompt of the scene in work.</summary>
    public EncodedScenePrompt? Prompt { get; set; }

    /// <summary>Seed of the scene in work. Nothing else of it is in the key of a clip: a scene's own seed that is the story's makes the same clip.</summary>
    public ulong SceneSeed { get; set; }

    /// <summary>Calls and time.</summary>
    public required StoryLedger Ledger { get; init; }

    /// <summary>Where news of the sampling goes.</summary>
    public required Action<StoryEvent.Progress> OnProgress { get; init; }

    /// <summary>The last K frames shown.</summary>
    public required RecentFrames Recent { get; init; }

    /// <summary>Key of the clip before, or of the opening frames; null where nothing comes before.</summary>
    public CacheKey? Before { get; set; }

    /// <summary>The embedding of the negative prompt; null without one.</summary>
    public EncodedScenePrompt? NegativePrompt => Request.NegativePrompt is { } negative ? Prompts[negative] : null;
}
