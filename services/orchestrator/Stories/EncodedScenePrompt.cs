using Phenaki.Caching;

namespace Phenaki.Orchestrator.Stories;

/// <summary>A prompt with its embedding.</summary>
/// <param name="Key">Key of the embedding, which stands for the prompt in the keys of clips.</param>
/// <param name="Encoding">The embedding.</param>
internal sealed record EncodedScenePrompt(CacheKey Key, EncodedPrompt Encoding);
