namespace Phenaki.Fuzzing.Mutations;

/// <summary>Damages an encoded message in the ways that decoders of protobuf are known to stumble over.</summary>
internal static class ProtobufBytes
{
    /// <summary>Damages it in one way.</summary>
    public static byte[] Damage(byte[] message, Random random) => random.Next(3) == 0
        ? Bytes.Insert(message, random, Trap(random))
        : Bytes.Damage(message, random);

    private static byte[] Trap(Random random) => random.Next(7) switch
    {
        // Varint without an end.
        0 => [.. Enumerable.Repeat((byte)0xFF, 11)],

        // A field that is longer than everything.
        1 => [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07],

        // Negative length.
        2 => [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],

        // Groups in groups, and one that ends without having begun.
        3 => [.. Enumerable.Repeat((byte)0x0B, 500)],
        4 => [0x0C],

        // Field number 0, and wire types that do not exist.
        5 => [(byte)random.Next(8)],

        // A field that nobody knows.
        _ => [0xFA, 0x7F, 3, 1, 2, 3],
    };
}
