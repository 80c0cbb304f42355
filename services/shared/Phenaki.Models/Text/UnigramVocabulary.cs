using System.Text;
using Phenaki.Models.Folders;
using Phenaki.Models.Text.SentencePieceFormat;
using PieceType = Phenaki.Models.Text.SentencePieceFormat.ModelProto.Types.SentencePiece.Types.Type;

namespace Phenaki.Models.Text;

/// <summary>
/// Splits normalised text into the pieces whose log-probabilities add up highest (arXiv 1804.10959). Ties are decided as the
/// reference implementation decides them, whose sums are stored in single and compared in double precision: real vocabularies hold
/// many ties ("0" "00" against "00" "0").
/// </summary>
internal sealed class UnigramVocabulary
{
    // As the reference has them: what an unknown character costs beyond the rarest piece, and what a user-defined piece costs.
    private const float UnknownPenalty = 10;
    private const double UserDefinedPenalty = 0.1;

    private readonly ByteTrie _pieces = new();
    private readonly double[] _scores;
    private readonly float _unknownScore;
    private readonly int[]? _byteIds;

    /// <exception cref="ModelFormatException">Pieces are empty, twice there, or their scores not finite; there is no unknown piece, or an incomplete set of byte pieces.</exception>
    public UnigramVocabulary(string file, ModelProto model)
    {
        var pieces = model.Pieces;
        _scores = new double[pieces.Count];
        UnknownId = -1;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var normal = pieces.Where(piece => piece.Type is PieceType.Normal).Select(piece => piece.Score).DefaultIfEmpty(0).ToArray();
        var highest = Math.Max(normal.Max(), 1.17549435e-38f);
        _unknownScore = normal.Min() - UnknownPenalty;
        for (var id = 0; id < pieces.Count; id++)
        {
            var piece = pieces[id];
            if (piece.Piece.Length == 0 || !float.IsFinite(piece.Score) || !seen.Add(piece.Piece))
            {
                throw new ModelFormatException(file, null, $"piece {id} ('{ModelFormatException.Printable(piece.Piece)}', score {piece.Score}) must be a text of its own with a finite score");
            }

            var bytes = Encoding.UTF8.GetBytes(piece.Piece);
            _scores[id] = piece.Type is PieceType.UserDefined ? (bytes.Length * highest) - UserDefinedPenalty : piece.Score;
            if (piece.Type is PieceType.Normal or PieceType.UserDefined)
            {
                _pieces.Add(bytes, id);
            }
            else if (piece.Type is PieceType.Unknown)
            {
                UnknownId = UnknownId < 0 ? id : throw new ModelFormatException(file, null, $"one piece may be the unknown one, found {UnknownId} and {id}");
            }
        }

        _byteIds = model.TrainerSpec.ByteFallback ? FindBytePieces(file, model) : null;
        if (UnknownId < 0)
        {
            throw new ModelFormatException(file, null, $"none of the {pieces.Count} pieces is the unknown one");
        }
    }

    /// <summary>Id of what no piece spells.</summary>
    public int UnknownId { get; }

    /// <summary>The ids of normalised UTF-8; a run of unknown characters is one id, or where the model says so the ids of its bytes.</summary>
    public List<int> Split(ReadOnlySpan<byte> text)
    {
        var ids = new List<int>();
        foreach (var (id, start, end) in BestPath(text))
        {
            if (id != UnknownId)
            {
                ids.Add(id);
            }
            else if (_byteIds is not null)
            {
                foreach (var value in text[start..end])
                {
                    ids.Add(_byteIds[value]);
                }
            }
            else if (ids is not [.., var last] || last != UnknownId)
            {
                ids.Add(UnknownId);
            }
        }

        return ids;
    }

    private static int[] FindBytePieces(string file, ModelProto model)
    {
        var ids = model.Pieces.Index().Where(pair => pair.Item.Type is PieceType.Byte).ToDictionary(pair => pair.Item.Piece, pair => pair.Index, StringComparer.Ordinal);
        return [.. Enumerable.Range(0, 256).Select(value => ids.TryGetValue($"<0x{value:X2}>", out var id)
            ? id
            : throw new ModelFormatException(file, null, $"byte_fallback needs 256 byte pieces, found {ids.Count}; <0x{value:X2}> is missing"))];
    }

    private static int CharacterLength(byte lead) => lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    // For every place in the text: the best last piece of a path that ends there, and that path's sum.
    private List<(int Id, int Start, int End)> BestPath(ReadOnlySpan<byte> text)
    {
        var best = new (int Id, int Start, float Sum)[text.Length + 1];
        Array.Fill(best, (-1, -1, 0f));
        for (int start = 0, length; start < text.Length; start += length)
        {
            length = Math.Min(CharacterLength(text[start]), text.Length - start);
            var sum = best[start].Sum;
            var spelt = false;
            var node = ByteTrie.Root;
            for (var end = start; end < text.Length && _pieces.TryStep(node, text[end], out node);)
            {
                end++;
                if (_pieces.Value(node) is >= 0 and var id)
                {
                    Offer(ref best[end], id, start, _scores[id] + sum);
                    spelt |= end - start == length;
                }
            }

            if (!spelt)
            {
                Offer(ref best[start + length], UnknownId, start, _unknownScore + sum);
            }
        }

        var path = new List<(int Id, int Start, int End)>();
        for (var end = text.Length; end > 0; end = best[end].Start)
        {
            path.Add((best[end].Id, best[end].Start, end));
        }

        path.Reverse();
        return path;

        static void Offer(ref (int Id, int Start, float Sum) target, int id, int start, double sum)
        {
            if (target.Start < 0 || sum > target.Sum)
            {
                target = (id, start, (float)sum);
            }
        }
    }
}
