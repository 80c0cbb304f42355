namespace Phenaki.Models.Text;

/// <summary>A text as a transformer reads it.</summary>
/// <param name="TokenIds">Token ids, end-of-sentence last.</param>
/// <param name="Values">One row of <paramref name="Width"/> numbers for each token, row-major.</param>
/// <param name="Width">Numbers in a row.</param>
/// <param name="UnknownWords">Words of the text that the vocabulary cannot spell, without the punctuation around them.</param>
/// <param name="Truncated">Whether the text had more tokens than were asked for, so that its end is missing.</param>
public sealed record PromptEmbedding(int[] TokenIds, float[] Values, int Width, IReadOnlyList<string> UnknownWords, bool Truncated);
