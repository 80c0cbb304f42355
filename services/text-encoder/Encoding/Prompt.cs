using System.Diagnostics;
using Phenaki.Common.V1;

namespace Phenaki.TextEncoder.Encoding;

/// <summary>A valid prompt.</summary>
/// <param name="Index">Number in its stream, from 0.</param>
/// <param name="Id">Chosen by the client.</param>
/// <param name="Text">What to encode.</param>
/// <param name="DataType">Element type that the embedding travels in.</param>
/// <param name="MaxTokens">Tokens kept, end-of-sentence included.</param>
internal sealed record Prompt(int Index, string Id, string Text, DataType DataType, int MaxTokens)
{
    /// <summary>Span that the prompt is encoded for; default for none.</summary>
    public ActivityContext Span { get; init; }

    /// <summary>About how many tokens: T5's pieces are some four characters long; a batch is filled by this before anything is tokenised.</summary>
    public int EstimatedTokens => Math.Min(MaxTokens, 2 + (Text.Length / 3));
}
