using System.Text.Json;
using Phenaki.Models.Folders;

namespace Phenaki.Models.Safetensors;

/// <summary>
/// The JSON header of a safetensors file (format: github.com/huggingface/safetensors), read without trust: every tensor lies
/// inside the file, sizes agree with shapes, and the tensors cover the data without gap, overlap or remainder.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The format's own limit.</summary>
    public const long MaxBytes = 100_000_000;

    private const string MetadataKey = "__metadata__";

    private SafetensorsHeader(IReadOnlyDictionary<string, TensorEntry> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
    }

    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <param name="file">Path, for messages.</param>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataStart">Where the data begins in the file.</param>
    /// <param name="dataBytes">Bytes from there to the end of the file.</param>
    public static SafetensorsHeader Parse(string file, ReadOnlyMemory<byte> json, long dataStart, long dataBytes)
    {
        if (json.Length == 0 || json.Span[0] != (byte)'{')
        {
            throw new ModelFormatException(file, null, "the header does not begin with '{'; this is no safetensors file");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            var tensors = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataKey)
                {
                    ReadMetadata(file, property.Value, metadata);
                }
                else
                {
                    tensors.Add(property.Name, ReadEntry(file, property.Name, property.Value, dataStart, dataBytes));
                }
            }

            CheckCoverage(file, tensors.Values, dataStart, dataBytes);
            return new SafetensorsHeader(tensors, metadata);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is no valid UTF-16, or a value of another kind than the format has there.
            throw new ModelFormatException(file, null, $"the header is not valid: {exception.Message}", exception);
        }
    }

    private static void ReadMetadata(string file, JsonElement element, Dictionary<string, string> metadata)
    {
        foreach (var pair in element.EnumerateObject())
        {
            metadata[pair.Name] = pair.Value.ValueKind is JsonValueKind.String
                ? pair.Value.GetString()!
                : throw new ModelFormatException(file, null, $"{MetadataKey} may hold only strings; '{ModelFormatException.Printable(pair.Name)}' is a {pair.Value.ValueKind}");
        }
    }

    private static TensorEntry ReadEntry(string file, string name, JsonElement element, long dataStart, long dataBytes)
    {
        if (name.Length == 0)
        {
            throw new ModelFormatException(file, null, "a tensor has no name");
        }

        string? typeName = null;
        long[]? shape = null;
        long[]? offsets = null;
        foreach (var field in element.EnumerateObject())
        {
            switch (field.Name)
            {
                case "dtype": typeName = field.Value.GetString(); break;
                case "shape": shape = ReadNumbers(file, name, field); break;
                case "data_offsets": offsets = ReadNumbers(file, name, field); break;
                default: throw new ModelFormatException(file, name, $"unknown key '{ModelFormatException.Printable(field.Name)}'; allowed: dtype, shape, data_offsets");
            }
        }

        if (typeName is null || shape is null || offsets is not [var begin, var end])
        {
            throw new ModelFormatException(file, name, "dtype, shape and two data_offsets are needed");
        }

        if (!SafetensorsDtypes.TryParse(typeName, out var dtype))
        {
            throw new ModelFormatException(file, name, $"dtype '{ModelFormatException.Printable(typeName)}' is not read; allowed: F32, F16, BF16, I64, I32, U16, U8, BOOL");
        }

        if (begin > end || end > dataBytes)
        {
            throw new ModelFormatException(file, name, $"its data ends at byte {end} of the data, but the file holds {dataBytes} bytes of data; the file is truncated or damaged");
        }

        var expected = ByteCount(file, name, shape, dtype);
        return end - begin == expected
            ? new TensorEntry(name, dtype, shape, dataStart + begin, expected)
            : throw new ModelFormatException(file, name, $"{dtype.Name()} of {TensorEntry.Format(shape)} takes {expected} bytes, found {end - begin}");
    }

    private static long[] ReadNumbers(string file, string name, JsonProperty field)
    {
        var numbers = new long[field.Value.GetArrayLength()];
        var index = 0;
        foreach (var item in field.Value.EnumerateArray())
        {
            if (item.ValueKind is not JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0)
            {
                throw new ModelFormatException(file, name, $"{field.Name} may hold only whole numbers from 0, found {ModelFormatException.Printable(item.GetRawText())}");
            }

            numbers[index++] = number;
        }

        return numbers;
    }

    private static long ByteCount(string file, string name, long[] shape, SafetensorsDtype dtype)
    {
        try
        {
            // Also of a tensor without elements the strides must be numbers, and in them a dimension of 0 counts as 1.
            _ = shape.Aggregate((long)dtype.Size(), (product, size) => checked(product * Math.Max(size, 1)));
            return shape.Aggregate((long)dtype.Size(), (product, size) => product * size);
        }
        catch (OverflowException exception)
        {
            throw new ModelFormatException(file, name, $"a shape of {TensorEntry.Format(shape)} is too large", exception);
        }
    }

    private static void CheckCoverage(string file, IEnumerable<TensorEntry> tensors, long dataStart, long dataBytes)
    {
        var next = dataStart;
        foreach (var tensor in tensors.OrderBy(t => t.Offset).ThenBy(t => t.ByteCount))
        {
            if (tensor.Offset != next)
            {
                var relation = tensor.Offset < next ? "overlaps the tensor before it" : "leaves bytes before it that belong to no tensor";
                throw new ModelFormatException(file, tensor.Name, $"{relation}: expected its data at byte {next - dataStart}, found {tensor.Offset - dataStart}");
            }

            next += tensor.ByteCount;
        }

        if (next - dataStart != dataBytes)
        {
            throw new ModelFormatException(file, null, $"the tensors take {next - dataStart} bytes, but the file holds {dataBytes} bytes of data");
        }
    }
}
