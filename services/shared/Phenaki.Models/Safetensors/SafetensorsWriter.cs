using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Phenaki.Models.Folders;

namespace Phenaki.Models.Safetensors;

/// <summary>Writes safetensors files: the header padded to a multiple of 8 bytes, wide types first and names in ordinal order, so that the same tensors give the same bytes and all lie aligned.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes a file aside, in the same folder, and renames it, so that a reader never meets half of it.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="tensors">The tensors; names are unique.</param>
    /// <param name="metadata">Free text for the header, or null.</param>
    /// <exception cref="ModelFormatException">A floating-point tensor holds a value that is not finite in the stored type.</exception>
    /// <exception cref="ArgumentException">Two tensors have the same name.</exception>
    public static void Write(string path, IEnumerable<WritableTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderByDescending(t => t.Dtype.Size()).ThenBy(t => t.Name, StringComparer.Ordinal).ToArray();
        if (ordered.CountBy(t => t.Name).FirstOrDefault(pair => pair.Value > 1) is { Key: not null } twice)
        {
            throw new ArgumentException($"Two tensors are named '{twice.Key}'.", nameof(tensors));
        }

        var aside = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            using (var stream = new FileStream(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 20))
            {
                WriteHeader(stream, ordered, metadata);
                foreach (var tensor in ordered)
                {
                    tensor.WriteTo(path, stream);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private static void WriteHeader(Stream stream, WritableTensor[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Dtype.Name());
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [offset, offset + tensor.ByteCount]);
                json.WriteEndObject();
                offset += tensor.ByteCount;
            }

            json.WriteEndObject();
        }

        header.Write(Encoding.ASCII.GetBytes(new string(' ', (int)((8 - (header.Length % 8)) % 8))));
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        header.WriteTo(stream);
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
