using System.Runtime.InteropServices;
using Phenaki.Models.Folders;
using TorchSharp;

namespace Phenaki.Models.Safetensors;

/// <summary>A named tensor or array to be written to a safetensors file. It borrows what it is made of.</summary>
public sealed class WritableTensor
{
    // Bounds what a conversion holds beside the model itself.
    private const long PieceElements = 4 << 20;

    private readonly Action<string, Stream> _write;

    private WritableTensor(string name, SafetensorsDtype dtype, long[] shape, Action<string, Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Dtype = dtype;
        Shape = shape;
        _write = write;
    }

    /// <summary>Name in the file.</summary>
    public string Name { get; }

    /// <summary>Type in the file.</summary>
    public SafetensorsDtype Dtype { get; }

    /// <summary>Sizes, slowest first.</summary>
    public IReadOnlyList<long> Shape { get; }

    internal long ByteCount => Shape.Aggregate((long)Dtype.Size(), (product, size) => checked(product * size));

    /// <summary>A Torch tensor on any device.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="tensor">Float32, float16, bfloat16, int64, int32, byte or bool.</param>
    /// <param name="storage">Type in which floating-point values are stored: float32, float16 or bfloat16; null keeps the tensor's. Other tensors keep theirs.</param>
    public static WritableTensor From(string name, torch.Tensor tensor, torch.ScalarType? storage = null)
    {
        if (storage is not (null or torch.ScalarType.Float32 or torch.ScalarType.Float16 or torch.ScalarType.BFloat16))
        {
            throw new ArgumentException($"Values cannot be stored as {storage}; allowed: float32, float16, bfloat16.", nameof(storage));
        }

        var type = storage is not null && tensor.is_floating_point() ? storage.Value : tensor.dtype;
        var dtype = SafetensorsDtypes.FromTorch(type);
        return new WritableTensor(name, dtype, tensor.shape, (file, stream) => WriteTensor(file, stream, name, tensor, type, dtype));
    }

    /// <summary>An array, row-major: float, Half, ushort, int, long, byte or bool.</summary>
    public static WritableTensor From<T>(string name, ReadOnlyMemory<T> values, params long[] shape)
        where T : unmanaged
    {
        var result = new WritableTensor(name, DtypeOf<T>(), shape, (file, stream) => WriteArray(file, stream, name, values.Span));
        return result.ByteCount / result.Dtype.Size() == values.Length
            ? result
            : throw new ArgumentException($"{TensorEntry.Format(shape)} values were announced for '{name}', but {values.Length} given.", nameof(shape));
    }

    internal static SafetensorsDtype DtypeOf<T>() => default(T) switch
    {
        float => SafetensorsDtype.F32,
        Half => SafetensorsDtype.F16,
        ushort => SafetensorsDtype.U16,
        int => SafetensorsDtype.I32,
        long => SafetensorsDtype.I64,
        byte => SafetensorsDtype.U8,
        bool => SafetensorsDtype.Bool,
        _ => throw new ArgumentException($"Values of type {typeof(T).Name} cannot be stored; allowed: float, Half, ushort, int, long, byte, bool."),
    };

    internal void WriteTo(string file, Stream stream) => _write(file, stream);

    private static void WriteTensor(string file, Stream stream, string name, torch.Tensor tensor, torch.ScalarType type, SafetensorsDtype dtype)
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var flat = tensor.detach().contiguous().view(-1);
        for (long done = 0; done < flat.numel(); done += PieceElements)
        {
            using var pieceScope = torch.NewDisposeScope();
            var piece = flat.narrow(0, done, Math.Min(PieceElements, flat.numel() - done)).to(torch.CPU).to(type).contiguous();
            WriteBytes(file, stream, name, piece.bytes, dtype);
        }
    }

    private static void WriteArray<T>(string file, Stream stream, string name, ReadOnlySpan<T> values)
        where T : unmanaged => WriteBytes(file, stream, name, MemoryMarshal.AsBytes(values), DtypeOf<T>());

    private static void WriteBytes(string file, Stream stream, string name, ReadOnlySpan<byte> bytes, SafetensorsDtype dtype)
    {
        // What could not be read back is not written; float16 overflows at 65,504.
        if (FloatConversion.CountNonFinite(bytes, dtype) is > 0 and var bad)
        {
            throw new ModelFormatException(file, name, $"{bad} values are NaN or infinite as {dtype.Name()}");
        }

        stream.Write(bytes);
    }
}
