using Google.Protobuf;
using Phenaki.Models.Folders;
using Phenaki.Models.Text.SentencePieceFormat;

namespace Phenaki.Models.Text;

/// <summary>
/// Makes a SentencePiece model whose pieces are whole words and punctuation marks: for models trained on a closed vocabulary. A
/// word outside it becomes, or ends in, the unknown piece, and so is reported.
/// </summary>
public static class SentencePieceModelWriter
{
    /// <summary>Id of padding.</summary>
    public const int PaddingId = 0;

    /// <summary>Id of end-of-sentence.</summary>
    public const int EndOfSentenceId = 1;

    /// <summary>Id of what the vocabulary lacks.</summary>
    public const int UnknownId = 2;

    /// <summary>SentencePiece's sign for a space (U+2581), which leads every word.</summary>
    private const string Space = "\u2581";

    /// <summary>Makes the bytes of a spiece.model: ids 0 padding, 1 end-of-sentence, 2 unknown, then the words, then the punctuation, in the given order.</summary>
    /// <param name="words">Words as they are to be met, lower-case where the tokenizer lower-cases; no white space.</param>
    /// <param name="punctuation">Marks that may follow a word without a space, such as "." or "'s".</param>
    /// <exception cref="ArgumentException">An entry is empty, holds white space, or comes twice.</exception>
    public static byte[] Create(IEnumerable<string> words, IEnumerable<string> punctuation)
    {
        var model = new ModelProto
        {
            TrainerSpec = new TrainerSpec
            {
                ModelType = TrainerSpec.Types.ModelType.Unigram,
                PadId = PaddingId,
                EosId = EndOfSentenceId,
                UnkId = UnknownId,
                BosId = -1,
            },
            NormalizerSpec = new NormalizerSpec { Name = "identity", AddDummyPrefix = true, RemoveExtraWhitespaces = true, EscapeWhitespaces = true },
        };
        Add(model, "<pad>", ModelProto.Types.SentencePiece.Types.Type.Control);
        Add(model, "</s>", ModelProto.Types.SentencePiece.Types.Type.Control);
        Add(model, "<unk>", ModelProto.Types.SentencePiece.Types.Type.Unknown);

        // One score for all: a whole word then beats every way to spell it in parts, as each further piece costs as much again, and an
        // unknown character costs ten more.
        foreach (var piece in words.Select(word => Space + Checked(word)).Concat(punctuation.Select(Checked)))
        {
            Add(model, piece, ModelProto.Types.SentencePiece.Types.Type.Normal, score: -1);
        }

        if (model.Pieces.CountBy(piece => piece.Piece).FirstOrDefault(pair => pair.Value > 1) is { Key: not null } twice)
        {
            throw new ArgumentException($"'{twice.Key}' comes twice.", nameof(words));
        }

        model.TrainerSpec.VocabSize = model.Pieces.Count;
        return model.ToByteArray();
    }

    /// <summary>The pieces of a model by their ids.</summary>
    /// <param name="file">Path of the model, for messages.</param>
    /// <param name="model">Bytes of a spiece.model.</param>
    /// <exception cref="ModelFormatException">The bytes are no SentencePiece model.</exception>
    public static IReadOnlyList<string> ReadPieces(string file, byte[] model) => [.. Parse(file, model).Pieces.Select(piece => piece.Piece)];

    /// <summary>What <see cref="Create"/> was given.</summary>
    /// <param name="file">Path of the model, for messages.</param>
    /// <param name="model">Bytes of a spiece.model.</param>
    /// <exception cref="ModelFormatException">The model was not made by <see cref="Create"/>.</exception>
    public static (IReadOnlyList<string> Words, IReadOnlyList<string> Punctuation) Read(string file, byte[] model)
    {
        string[] pieces = [.. Parse(file, model).Pieces.Where(piece => piece.Type is ModelProto.Types.SentencePiece.Types.Type.Normal).Select(piece => piece.Piece)];
        string[] words = [.. pieces.Where(piece => piece.StartsWith(Space, StringComparison.Ordinal)).Select(piece => piece[Space.Length..])];
        string[] punctuation = [.. pieces.Where(piece => !piece.StartsWith(Space, StringComparison.Ordinal))];
        return !words.Contains("") && Create(words, punctuation).AsSpan().SequenceEqual(model)
            ? (words, punctuation)
            : throw new ModelFormatException(file, null, "is no vocabulary of whole words as training makes it; a vocabulary of another kind cannot be widened");
    }

    private static ModelProto Parse(string file, byte[] model)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(model);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ModelFormatException(file, null, $"is no SentencePiece model: {exception.Message}", exception);
        }
    }

    private static string Checked(string text) => text.Length > 0 && !text.Any(char.IsWhiteSpace) && !text.Contains(Space, StringComparison.Ordinal)
        ? text
        : throw new ArgumentException($"'{text}' must be a text without white space.");

    private static void Add(ModelProto model, string piece, ModelProto.Types.SentencePiece.Types.Type type, float score = 0) =>
        model.Pieces.Add(new ModelProto.Types.SentencePiece { Piece = piece, Score = score, Type = type });
}
