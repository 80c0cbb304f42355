using Phenaki.Models;
using Phenaki.Models.Text;

namespace Phenaki.TextEncoder.Encoding;

/// <summary>The model as the engine sees it; tests put their own in its place. Calls must not overlap.</summary>
internal interface ITextEncoder : IDisposable
{
    /// <summary>Name, version and fingerprint.</summary>
    ModelIdentity Identity { get; }

    /// <summary>Width of an embedding row.</summary>
    int Width { get; }

    /// <summary>Most tokens of a prompt, end-of-sentence included.</summary>
    int MaxTokens { get; }

    /// <summary>Embeds texts; none depends on its neighbours.</summary>
    IReadOnlyList<PromptEmbedding> Encode(IReadOnlyList<string> texts, int maxTokens);
}
