using System.Buffers.Binary;
using System.Security.Cryptography;
using Phenaki.Geometry;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>Models that take no time: frames of 4x6 pixels in 2x3 tokens, temporal patch 2, and hashes in place of networks.</summary>
internal static class FakeModels
{
    public const int CodebookSize = 512;
    public const int TextWidth = 4;

    public static VideoGeometry Geometry { get; } = new(4, 6, 2, 2, 2);

    public static ClipSampling DefaultSampling { get; } = new(3, 5f, 1f, 4.5f);

    public static TextEncoderCard Text { get; } = new(Card("text"), TextWidth, 16);

    public static VideoTokenizerCard Video { get; } = new(Card("video"), 4, 6, 2, 3, 2, CodebookSize, 100, 8);

    public static MaskedTransformerCard Masked { get; } = new(
        Card("masked"), CodebookSize, 2, 3, 6, TextWidth, 32, DefaultSampling, Text.Model.Fingerprint, Video.Model.Fingerprint);

    public static ModelSet Set { get; } = ModelCompatibility.Check(Text, Video, Masked, clipFrames: 11, prefixFrames: 5);

    public static ModelCard Card(string name) => new(name, "1", Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name))), 7);

    /// <summary>Bytes that depend on every part, and on nothing else.</summary>
    public static byte[] Bytes(int count, params object[] parts)
    {
        var seed = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('|', parts.Select(Describe))));
        var bytes = new byte[count];
        for (var i = 0; i < count; i += 32)
        {
            BinaryPrimitives.WriteInt32LittleEndian(seed, i);
            SHA256.HashData(seed).AsSpan(0, Math.Min(32, count - i)).CopyTo(bytes.AsSpan(i));
        }

        return bytes;
    }

    /// <summary>Tokens of some latent frames that depend on every part.</summary>
    public static int[] Tokens(int latentFrames, params object[] parts) =>
        [.. Bytes(Geometry.Tokens(latentFrames) * 2, parts).Chunk(2).Select(pair => BinaryPrimitives.ReadUInt16LittleEndian(pair) % CodebookSize)];

    private static string Describe(object part) => part switch
    {
        int[] numbers => string.Join(',', numbers),
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        _ => $"{part}",
    };
}
