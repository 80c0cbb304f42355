using System.Text;
using System.Text.RegularExpressions;
using Phenaki.Models.Folders;
using Phenaki.Models.Text;

namespace Phenaki.Trainer.Transformer;

/// <summary>The vocabulary of a text encoder that learns from captions alone: whole words, so that a word that was never in a caption is known to be unknown.</summary>
internal sealed partial class CaptionVocabulary
{
    private const string TokenizerConfig = """
        {
          "do_lower_case": true
        }

        """;

    private readonly IReadOnlyList<string> _words;
    private readonly IReadOnlyList<string> _joined;

    /// <summary>Makes the vocabulary.</summary>
    /// <param name="entries">Words and punctuation marks, lower case.</param>
    public CaptionVocabulary(IReadOnlyList<string> entries)
        : this([.. entries.Where(IsWord)], [.. entries.Where(entry => !IsWord(entry))])
    {
    }

    private CaptionVocabulary(IReadOnlyList<string> words, IReadOnlyList<string> joined)
    {
        (_words, _joined) = (words, joined);
        byte[] model = SentencePieceModelWriter.Create(words, joined);
        byte[] tokenizer = Encoding.UTF8.GetBytes(TokenizerConfig);
        Tokenizer = SentencePieceTokenizer.Create(ModelFolder.SentencePieceFileName, model, tokenizer);
        Pieces = SentencePieceModelWriter.ReadPieces(ModelFolder.SentencePieceFileName, model);
        Files = new Dictionary<string, byte[]>
        {
            [ModelFolder.SentencePieceFileName] = model,
            [ModelFolder.TokenizerConfigFileName] = tokenizer,
        };
    }

    /// <summary>Splits captions into pieces.</summary>
    public SentencePieceTokenizer Tokenizer { get; }

    /// <summary>Every piece by its id; a word is led by SentencePiece's sign for a space.</summary>
    public IReadOnlyList<string> Pieces { get; }

    /// <summary>The tokenizer's files in the text encoder's folder, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    /// <summary>Reads the vocabulary of a text encoder that was trained here.</summary>
    /// <param name="file">Path of the model, for messages.</param>
    /// <param name="model">Bytes of a spiece.model.</param>
    /// <exception cref="ModelFormatException">It is no vocabulary of whole words.</exception>
    public static CaptionVocabulary Read(string file, byte[] model)
    {
        var (words, joined) = SentencePieceModelWriter.Read(file, model);
        return new CaptionVocabulary(words, joined);
    }

    /// <summary>Makes a vocabulary that spells captions whoever wrote them: their most frequent words, and what stands right behind a word.</summary>
    /// <param name="captions">The captions.</param>
    /// <param name="most">Most words and marks.</param>
    public static CaptionVocabulary Of(IEnumerable<string> captions, int most)
    {
        var counts = new Dictionary<(string Text, bool Joined), int>();
        foreach (string part in captions.SelectMany(caption => caption.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
        {
            foreach (Match match in PiecesOfText().Matches(part).Where(match => !IsUnusable(match.Value)))
            {
                var piece = (match.Value, match.Index > 0);
                counts[piece] = counts.GetValueOrDefault(piece) + 1;
            }
        }

        // Prompts may end in marks that no caption has.
        foreach (string mark in (string[])[".", ",", "!", "?"])
        {
            counts[(mark, true)] = int.MaxValue;
        }

        var kept = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Text, StringComparer.Ordinal).Take(Math.Max(most, 4)).Select(pair => pair.Key)
            .OrderBy(piece => piece.Text, StringComparer.Ordinal).ToList();
        return new CaptionVocabulary([.. kept.Where(piece => !piece.Joined).Select(piece => piece.Text)], [.. kept.Where(piece => piece.Joined).Select(piece => piece.Text)]);
    }

    /// <summary>This vocabulary with what another one has beyond it; what is here keeps its order.</summary>
    public CaptionVocabulary With(CaptionVocabulary other) => new([.. _words.Union(other._words)], [.. _joined.Union(other._joined)]);

    private static bool IsWord(string entry) => char.IsLetterOrDigit(entry[0]);

    // Half a character, and SentencePiece's own sign for a space.
    private static bool IsUnusable(string text) => (text.Length == 1 && char.IsSurrogate(text[0])) || text == "\u2581";

    // Words with what may stand inside them, or one mark at a time.
    [GeneratedRegex(@"[\p{L}\p{N}\p{M}]+(?:['’\-_][\p{L}\p{N}\p{M}]+)*|[\uD800-\uDBFF][\uDC00-\uDFFF]|.")]
    private static partial Regex PiecesOfText();
}
