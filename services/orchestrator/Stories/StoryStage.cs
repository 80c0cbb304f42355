namespace Phenaki.Orchestrator.Stories;

/// <summary>What a story spends its time on.</summary>
internal enum StoryStage
{
    /// <summary>Encoding prompts.</summary>
    EncodePrompts,

    /// <summary>Sampling tokens.</summary>
    SampleTokens,

    /// <summary>Decoding tokens to frames.</summary>
    DecodeVideo,

    /// <summary>Encoding frames to tokens.</summary>
    EncodeVideo,

    /// <summary>Looking up and storing.</summary>
    Cache,
}
