using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Phenaki.Models.Folders;
using Phenaki.Models.Text.SentencePieceFormat;

namespace Phenaki.Models.Text;

/// <summary>
/// A SentencePiece unigram tokenizer (arXiv 1808.06226) that gives the ids of the reference implementation, end-of-sentence last.
/// Where tokenizer_config.json says <c>"do_lower_case": true</c>, the text is lower-cased first and every white-space character
/// becomes a space; further normalisation is the model's own. Safe for concurrent calls.
/// </summary>
/// <remarks>
/// Written here because the library at hand (Microsoft.ML.Tokenizers 2.0) gives other ids than the reference for ties, control
/// characters, runs of unknown characters and empty texts, and does not open T5's models: the embedding cache and pre-trained
/// weights need the exact ids.
/// </remarks>
public sealed class SentencePieceTokenizer
{
    private const string LowerCaseKey = "do_lower_case";

    private readonly SentencePieceNormaliser _normaliser;
    private readonly UnigramVocabulary _vocabulary;
    private readonly bool _lowerCase;

    private SentencePieceTokenizer(string file, ModelProto model, bool lowerCase)
    {
        _vocabulary = new UnigramVocabulary(file, model);
        _normaliser = new SentencePieceNormaliser(file, model);
        _lowerCase = lowerCase;
        VocabularySize = model.Pieces.Count;
        EndOfSentenceId = FindEndOfSentence(file, model);
    }

    /// <summary>Number of pieces; ids are below it.</summary>
    public int VocabularySize { get; }

    /// <summary>Id that ends every text.</summary>
    public int EndOfSentenceId { get; }

    /// <summary>Id that stands for one run of text that the vocabulary cannot spell.</summary>
    public int UnknownId => _vocabulary.UnknownId;

    /// <summary>Reads a model.</summary>
    /// <param name="file">Path of the model, for messages.</param>
    /// <param name="model">Bytes of a spiece.model.</param>
    /// <param name="tokenizerConfig">Bytes of tokenizer_config.json, or null where there is none; keys other than do_lower_case are ignored.</param>
    /// <exception cref="ModelFormatException">The bytes are no unigram model, or the settings no JSON.</exception>
    public static SentencePieceTokenizer Create(string file, byte[] model, byte[]? tokenizerConfig = null)
    {
        ModelProto proto;
        try
        {
            proto = ModelProto.Parser.ParseFrom(model);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ModelFormatException(file, null, $"is no SentencePiece model: {exception.Message}", exception);
        }

        proto.TrainerSpec ??= new TrainerSpec();
        return proto.TrainerSpec.ModelType is TrainerSpec.Types.ModelType.Unigram
            ? new SentencePieceTokenizer(file, proto, ReadLowerCase(file, tokenizerConfig))
            : throw new ModelFormatException(file, null, $"the SentencePiece model must be of type Unigram, found {proto.TrainerSpec.ModelType}");
    }

    /// <summary>Tokenizes a text of any length. Unpaired surrogates count as U+FFFD.</summary>
    public TokenizedText Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = EncodeIds(text);
        var unknownWords = ids.Contains(UnknownId) ? FindUnknownWords(text) : [];
        return new TokenizedText([.. ids, EndOfSentenceId], unknownWords);
    }

    private static int FindEndOfSentence(string file, ModelProto model)
    {
        var name = model.TrainerSpec.EosPiece;
        return model.Pieces.Index().FirstOrDefault(pair => pair.Item.Piece == name, (-1, new())) is { Index: >= 0 and var id }
            ? id
            : throw new ModelFormatException(file, null, $"none of the {model.Pieces.Count} pieces is the end-of-sentence '{ModelFormatException.Printable(name)}'");
    }

    private static bool ReadLowerCase(string modelFile, byte[]? bytes)
    {
        if (bytes is null)
        {
            return false;
        }

        var file = Path.Combine(Path.GetDirectoryName(modelFile) ?? "", ModelFolder.TokenizerConfigFileName);
        return ConfigJson.ParseObject(file, bytes)[LowerCaseKey] switch
        {
            null => false,
            JsonValue value when value.TryGetValue<bool>(out var lowerCase) => lowerCase,
            var other => throw new ModelFormatException(file, null, $"{LowerCaseKey} must be true or false, found {other.GetValueKind()}"),
        };
    }

    private List<int> EncodeIds(string text) =>
        _vocabulary.Split(_normaliser.Normalise(Encoding.UTF8.GetBytes(_lowerCase ? Fold(text) : text)));

    private static string Fold(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append((Rune.IsWhiteSpace(rune) ? new Rune(' ') : Rune.ToLowerInvariant(rune)).ToString());
        }

        return result.ToString();
    }

    private List<string> FindUnknownWords(string text)
    {
        var words = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var written in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!seen.Add(written) || !EncodeIds(written).Contains(UnknownId))
            {
                continue;
            }

            // Where only the punctuation is unknown, the word alone would be a false accusation.
            var word = TrimPunctuation(written);
            words.Add(word.Length > 0 && EncodeIds(word).Contains(UnknownId) ? word : written);
        }

        return [.. words.Distinct(StringComparer.Ordinal)];
    }

    private static string TrimPunctuation(string word)
    {
        var (start, end) = (0, word.Length);
        while (start < end && char.IsPunctuation(word[start]))
        {
            start++;
        }

        while (end > start && char.IsPunctuation(word[end - 1]))
        {
            end--;
        }

        return word[start..end];
    }
}
