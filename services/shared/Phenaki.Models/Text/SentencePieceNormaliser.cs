using System.Text;
using Phenaki.Models.Text.SentencePieceFormat;

namespace Phenaki.Models.Text;

/// <summary>The normalisation of a SentencePiece model: its character map, its handling of spaces, its user-defined pieces left as they are.</summary>
internal sealed class SentencePieceNormaliser
{
    private static readonly byte[] Space = " "u8.ToArray();
    private static readonly byte[] SpaceSign = "\u2581"u8.ToArray();

    private readonly CharacterMap? _map;
    private readonly ByteTrie _userDefined = new();
    private readonly byte[] _space;
    private readonly bool _removeExtraSpaces;
    private readonly bool _dummyPrefix;
    private readonly bool _dummySuffix;

    public SentencePieceNormaliser(string file, ModelProto model)
    {
        var spec = model.NormalizerSpec ?? new NormalizerSpec();
        _map = CharacterMap.Parse(file, spec.PrecompiledCharsmap.Memory);
        _space = spec.EscapeWhitespaces ? SpaceSign : Space;
        _removeExtraSpaces = spec.RemoveExtraWhitespaces;
        _dummyPrefix = spec.AddDummyPrefix && !model.TrainerSpec.TreatWhitespaceAsSuffix;
        _dummySuffix = spec.AddDummyPrefix && model.TrainerSpec.TreatWhitespaceAsSuffix;
        foreach (var piece in model.Pieces.Where(piece => piece.Type is ModelProto.Types.SentencePiece.Types.Type.UserDefined))
        {
            _userDefined.Add(Encoding.UTF8.GetBytes(piece.Piece), 0);
        }
    }

    /// <summary>Normalises UTF-8.</summary>
    public byte[] Normalise(ReadOnlySpan<byte> text)
    {
        if (_removeExtraSpaces)
        {
            while (!text.IsEmpty && NextPart(text, out var skipped).SequenceEqual(Space))
            {
                text = text[skipped..];
            }
        }

        if (text.IsEmpty)
        {
            return [];
        }

        var result = new List<byte>(text.Length + 16);
        if (_dummyPrefix)
        {
            result.AddRange(_space);
        }

        var afterSpace = _removeExtraSpaces;
        while (!text.IsEmpty)
        {
            var part = NextPart(text, out var consumed);
            text = text[consumed..];
            part = afterSpace ? part.TrimStart(Space) : part;
            if (!part.IsEmpty)
            {
                Append(result, part);
                afterSpace = _removeExtraSpaces && part[^1] == Space[0];
            }
        }

        if (_removeExtraSpaces)
        {
            while (result.Count >= _space.Length && result[^_space.Length..].SequenceEqual(_space))
            {
                result.RemoveRange(result.Count - _space.Length, _space.Length);
            }
        }

        if (_dummySuffix)
        {
            result.AddRange(_space);
        }

        return [.. result];
    }

    // What the text's first bytes become, and how many they are.
    private ReadOnlySpan<byte> NextPart(ReadOnlySpan<byte> text, out int consumed)
    {
        consumed = _userDefined.LongestPrefix(text);
        if (consumed > 0)
        {
            return text[..consumed];
        }

        if (_map is not null)
        {
            var replacement = _map.LongestMatch(text, out consumed);
            if (consumed > 0)
            {
                return replacement;
            }
        }

        Rune.DecodeFromUtf8(text, out _, out consumed);
        return text[..consumed];
    }

    private void Append(List<byte> result, ReadOnlySpan<byte> part)
    {
        foreach (var value in part)
        {
            if (value == Space[0])
            {
                result.AddRange(_space);
            }
            else
            {
                result.Add(value);
            }
        }
    }
}
