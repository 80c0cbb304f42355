namespace Phenaki.Models.Safetensors;

/// <summary>Where one tensor lies in a safetensors file.</summary>
/// <param name="Name">Name, unique in the file.</param>
/// <param name="Dtype">Type of the stored elements.</param>
/// <param name="Shape">Sizes, slowest first; empty for a scalar.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="ByteCount">Bytes: the elements of <paramref name="Shape"/> times the size of <paramref name="Dtype"/>.</param>
public sealed record TensorEntry(string Name, SafetensorsDtype Dtype, IReadOnlyList<long> Shape, long Offset, long ByteCount)
{
    /// <summary>Number of elements.</summary>
    public long ElementCount => ByteCount / Dtype.Size();

    internal static string Format(IEnumerable<long> shape)
    {
        var text = string.Join(" x ", shape);
        return text.Length == 0 ? "a scalar" : text;
    }
}
