namespace Phenaki.Orchestrator.Stories;

/// <summary>What a story took.</summary>
internal sealed record StoryAccount
{
    /// <summary>Prompts sent to the text encoder.</summary>
    public required int EncodePromptsCalls { get; init; }

    /// <summary>SampleTokens calls.</summary>
    public required int SampleTokensCalls { get; init; }

    /// <summary>DecodeVideo calls.</summary>
    public required int DecodeVideoCalls { get; init; }

    /// <summary>EncodeVideo calls.</summary>
    public required int EncodeVideoCalls { get; init; }

    /// <summary>Prompts whose embedding came from the cache.</summary>
    public required int PromptsFromCache { get; init; }

    /// <summary>Time by stage; from the request to the last frame for <see cref="Total"/>.</summary>
    public required IReadOnlyDictionary<StoryStage, TimeSpan> Stages { get; init; }

    /// <summary>From the request to the last frame.</summary>
    public required TimeSpan Total { get; init; }
}
