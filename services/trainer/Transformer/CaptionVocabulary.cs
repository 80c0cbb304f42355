using System.Text;
using Phenaki.Models.Folders;
using Phenaki.Models.Text;

namespace Phenaki.Trainer.Transformer;

/// <summary>The vocabulary of a text encoder that learns from captions alone: whole words, so that a word that was never in a caption is known to be unknown.</summary>
internal sealed class CaptionVocabulary
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

    /// <summary>This vocabulary with what another one has beyond it; what is here keeps its order.</summary>
    public CaptionVocabulary With(CaptionVocabulary other) => new([.. _words.Union(other._words)], [.. _joined.Union(other._joined)]);

    private static bool IsWord(string entry) => char.IsLetterOrDigit(entry[0]);
}
