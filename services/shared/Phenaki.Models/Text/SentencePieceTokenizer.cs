using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Phenaki.Models.Folders;
using Phenaki.Models.Text.SentencePieceFormat;
using Library = Microsoft.ML.Tokenizers.SentencePieceTokenizer;

namespace Phenaki.Models.Text;

/// <summary>
/// A SentencePiece unigram tokenizer (arXiv 1808.06226) that gives the ids of the reference implementation, end-of-sentence last.
/// Where tokenizer_config.json says <c>"do_lower_case": true</c>, the text is lower-cased first and every white-space character
/// becomes a space; further normalisation is the model's own. Safe for concurrent calls.
/// </summary>
public sealed class SentencePieceTokenizer
{
    private const string LowerCaseKey = "do_lower_case";

    private readonly Library _library;
    private readonly bool _lowerCase;

    private SentencePieceTokenizer(Library library, ModelProto model, bool lowerCase)
    {
        _library = library;
        _lowerCase = lowerCase;
        VocabularySize = model.Pieces.Count;
        EndOfSentenceId = model.TrainerSpec.EosId;
        UnknownId = model.TrainerSpec.UnkId;
    }

    /// <summary>Number of pieces; ids are below it.</summary>
    public int VocabularySize { get; }

    /// <summary>Id that ends every text.</summary>
    public int EndOfSentenceId { get; }

    /// <summary>Id that stands for one run of text that the vocabulary cannot spell.</summary>
    public int UnknownId { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="file">Path of the model, for messages.</param>
    /// <param name="model">Bytes of a spiece.model.</param>
    /// <param name="tokenizerConfig">Bytes of tokenizer_config.json, or null where there is none; keys other than do_lower_case are ignored.</param>
    /// <exception cref="ModelFormatException">The bytes are no unigram model, or the settings no JSON.</exception>
    public static SentencePieceTokenizer Create(string file, byte[] model, byte[]? tokenizerConfig = null)
    {
        var proto = Parse(file, model);

        // The library looks up the piece of the beginning-of-sentence id, which T5's models do not have (-1), although it is told not to add one.
        var bosId = proto.TrainerSpec.BosId;
        if (bosId < 0 || bosId >= proto.Pieces.Count)
        {
            proto.TrainerSpec.BosId = proto.TrainerSpec.EosId;
        }

        try
        {
            using var stream = new MemoryStream(proto.ToByteArray());
            var tokenizer = new SentencePieceTokenizer(
                Library.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false), proto, ReadLowerCase(file, tokenizerConfig));

            // Damage in the tables of the normaliser shows only when they are used.
            tokenizer.Encode("a \u00e9\uff21\u4e00.");
            return tokenizer;
        }
        catch (Exception exception) when (exception is not (ModelFormatException or OutOfMemoryException))
        {
            // The library answers a damaged model with whatever it stumbles over.
            throw new ModelFormatException(file, null, $"is no usable SentencePiece model: {exception.Message}", exception);
        }
    }

    /// <summary>Tokenizes a text of any length. Unpaired surrogates count as U+FFFD.</summary>
    public TokenizedText Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = EncodeIds(text);
        var unknownWords = ids.Contains(UnknownId) ? FindUnknownWords(text) : [];
        return new TokenizedText([.. ids, EndOfSentenceId], unknownWords);
    }

    private static ModelProto Parse(string file, byte[] bytes)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ModelFormatException(file, null, $"is no SentencePiece model: {exception.Message}", exception);
        }

        model.TrainerSpec ??= new TrainerSpec();
        var spec = model.TrainerSpec;
        if (spec.ModelType is not TrainerSpec.Types.ModelType.Unigram)
        {
            throw new ModelFormatException(file, null, $"the SentencePiece model must be of type Unigram, found {spec.ModelType}");
        }

        CheckId("eos_id", spec.EosId);
        CheckId("unk_id", spec.UnkId);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var id = 0; id < model.Pieces.Count; id++)
        {
            var piece = model.Pieces[id];
            if (!float.IsFinite(piece.Score) || piece.Piece.Length == 0 || !seen.Add(piece.Piece))
            {
                throw new ModelFormatException(file, null, $"piece {id} ('{ModelFormatException.Printable(piece.Piece)}', score {piece.Score}) must be a text of its own with a finite score");
            }
        }

        return model;

        void CheckId(string key, int id)
        {
            if (id < 0 || id >= model.Pieces.Count)
            {
                throw new ModelFormatException(file, null, $"{key} must be one of the {model.Pieces.Count} pieces, found {id}");
            }
        }
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
            var other => throw new ModelFormatException(file, null, $"{LowerCaseKey} must be true or false, found {other.ToJsonString()}"),
        };
    }

    private List<int> EncodeIds(string text)
    {
        var ids = new List<int>();
        foreach (var id in _library.EncodeToIds(Prepare(text), addBeginningOfSentence: false, addEndOfSentence: false))
        {
            // The reference gives one id for a run of unknown characters, the library one for each.
            if (id != UnknownId || ids is not [.., var last] || last != UnknownId)
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    private string Prepare(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var folded = !_lowerCase ? rune : Rune.IsWhiteSpace(rune) ? new Rune(' ') : Rune.ToLowerInvariant(rune);
            result.Append(folded.ToString());
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
