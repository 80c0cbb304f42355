namespace Phenaki.Models.Text;

/// <summary>A text as token ids.</summary>
/// <param name="Ids">Token ids, end-of-sentence last.</param>
/// <param name="UnknownWords">Words of the text that the vocabulary cannot spell, each once, in their order, as they were written but without the punctuation around them.</param>
public sealed record TokenizedText(int[] Ids, IReadOnlyList<string> UnknownWords);
