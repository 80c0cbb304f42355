using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Phenaki.Fuzzing.Mutations;

/// <summary>Safetensors files: one good one, put together from the description of the format, and damaged ones.</summary>
internal static class SafetensorsBytes
{
    private const int LengthBytes = 8;

    private static readonly string[] Types = ["F32", "F16", "BF16", "F64", "I64", "I32", "I16", "I8", "U8", "U16", "U32", "U64", "BOOL", "F8_E4M3", "f32", "", "\0"];

    private static readonly string[] Numbers =
        ["0", "1", "2", "3", "4", "8", "24", "-1", "1.5", "1e3", "1e400", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
         "18446744073709551615", "99999999999999999999999999", "null", "true", "\"3\"", "[]", "{}"];

    // 2 x 3 floats, 4 bytes, 2 halves, nothing at all, and one number without dimensions.
    private const string Header = """
        {"__metadata__":{"format":"pt"},
         "w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
         "b":{"dtype":"U8","shape":[4],"data_offsets":[24,28]},
         "h":{"dtype":"F16","shape":[2],"data_offsets":[28,32]},
         "e":{"dtype":"I64","shape":[0],"data_offsets":[32,32]},
         "s":{"dtype":"U16","shape":[],"data_offsets":[32,34]}}
        """;

    /// <summary>The good file.</summary>
    public static byte[] Good() => File(Encoding.UTF8.GetBytes(Header), Data());

    /// <summary>A damaged one.</summary>
    public static byte[] Damaged(Random random)
    {
        var data = random.Next(4) == 0 ? Bytes.Damage(Data(), random) : Data();
        var header = random.Next(4) switch
        {
            0 => Bytes.Damage(Encoding.UTF8.GetBytes(Header), random),
            1 => Encoding.UTF8.GetBytes(Header.Replace(
                Bytes.Pick<string>(random, ["24", "28", "32", "34", "[2,3]", "[4]", "[0]", "[]", "2", "0"]), Bytes.Pick<string>(random, Numbers), StringComparison.Ordinal)),
            _ => Encoding.UTF8.GetBytes(ChangedHeader(random)),
        };
        var file = File(header, data);
        switch (random.Next(10))
        {
            case 0:
                return Bytes.Damage(file, random);
            case 1:
                BinaryPrimitives.WriteInt64LittleEndian(file, Bytes.Pick<long>(random, [-1, 0, 1, 2, header.Length - 1, header.Length + 1, 100_000_000, 100_000_001, long.MaxValue, long.MinValue]));
                return file;
            default:
                return file;
        }
    }

    private static string ChangedHeader(Random random)
    {
        var header = JsonNode.Parse(Header)!.AsObject();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var name = Bytes.Pick<string>(random, ["w", "b", "h", "e", "s"]);
            if (header[name] is not JsonObject entry)
            {
                continue;
            }

            switch (random.Next(6))
            {
                case 0:
                    header.Remove(name);
                    break;
                case 1:
                    header[Bytes.Pick<string>(random, ["", "w", "__metadata__", "../w", "\u0000", new string('n', 5000)])] = entry.DeepClone();
                    break;
                case 2:
                    entry["dtype"] = Bytes.Pick<string>(random, Types);
                    break;
                case 3:
                    entry["shape"] = List(random, random.Next(6));
                    break;
                case 4:
                    entry["data_offsets"] = List(random, random.Next(1, 4));
                    break;
                default:
                    entry.Remove(Bytes.Pick<string>(random, ["dtype", "shape", "data_offsets"]));
                    break;
            }
        }

        return header.ToJsonString();
    }

    private static JsonNode List(Random random, int count) =>
        new JsonArray([.. Enumerable.Range(0, count).Select(_ => JsonNode.Parse(Bytes.Pick<string>(random, Numbers)))]);

    private static byte[] Data() => [.. Enumerable.Range(0, 34).Select(i => (byte)(i % 32))];

    private static byte[] File(byte[] header, byte[] data)
    {
        var file = new byte[LengthBytes + header.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, LengthBytes);
        data.CopyTo(file, LengthBytes + header.Length);
        return file;
    }
}
