using System.Buffers.Binary;
using Google.Protobuf;
using Phenaki.Common.V1;

namespace Phenaki.Contracts;

/// <summary>
/// Writes memory as the <see cref="Tensor"/> of the wire: row-major, little-endian. <see cref="WireTensorReader"/> is the way back.
/// </summary>
public static class WireTensor
{
    /// <summary>Most bytes of a tensor, and of a message: 4 MiB.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Most dimensions of a tensor.</summary>
    public const int MaxDimensions = 8;

    /// <summary>Writes an embedding.</summary>
    /// <param name="values">Elements, row-major.</param>
    /// <param name="type"><see cref="DataType.Float32"/> (exact) or <see cref="DataType.Bfloat16"/> (rounded to nearest, ties to even).</param>
    /// <param name="shape">Size of each dimension, outermost first; the product is the number of elements.</param>
    /// <exception cref="ArgumentException">The type is neither, or the shape does not hold the elements.</exception>
    public static Tensor FromFloats(ReadOnlySpan<float> values, DataType type, params ReadOnlySpan<int> shape)
    {
        byte[] data;
        switch (type)
        {
            case DataType.Float32:
                data = new byte[values.Length * sizeof(float)];
                for (var i = 0; i < values.Length; i++)
                {
                    BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i * sizeof(float)), values[i]);
                }

                break;
            case DataType.Bfloat16:
                data = new byte[values.Length * sizeof(ushort)];
                for (var i = 0; i < values.Length; i++)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(i * sizeof(ushort)), BFloat16.FromSingle(values[i]));
                }

                break;
            default:
                throw new ArgumentException($"Is {type}; embeddings travel as Float32 or Bfloat16.", nameof(type));
        }

        return Create(type, data, values.Length, shape);
    }

    /// <summary>Writes token ids in the smallest type that holds every id below <paramref name="limit"/>: u16 up to 65,536, else u32.</summary>
    /// <param name="tokens">Token ids, row-major, each at least 0 and below <paramref name="limit"/>.</param>
    /// <param name="limit">The codebook size; one more where a masked position, which holds the codebook size, may be among them.</param>
    /// <param name="shape">Size of each dimension, outermost first; the product is the number of tokens.</param>
    /// <exception cref="ArgumentException">A token is out of range, or the shape does not hold the tokens.</exception>
    public static Tensor FromTokens(ReadOnlySpan<int> tokens, int limit, params ReadOnlySpan<int> shape)
    {
        foreach (var token in tokens)
        {
            if ((uint)token >= (uint)limit)
            {
                throw new ArgumentException($"Token {token} is not in 0..{limit - 1}.", nameof(tokens));
            }
        }

        var type = TokenType(limit);
        var size = SizeOf(type);
        var data = new byte[tokens.Length * size];
        for (var i = 0; i < tokens.Length; i++)
        {
            if (size == sizeof(ushort))
            {
                BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(i * sizeof(ushort)), (ushort)tokens[i]);
            }
            else
            {
                BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(i * sizeof(int)), tokens[i]);
            }
        }

        return Create(type, data, tokens.Length, shape);
    }

    /// <summary>Wraps bytes, without a copy: the array must not change while the message lives.</summary>
    /// <param name="bytes">Elements, row-major, 0 to 255.</param>
    /// <param name="shape">Size of each dimension, outermost first; the product is the number of bytes.</param>
    /// <exception cref="ArgumentException">The shape does not hold the bytes.</exception>
    public static Tensor FromBytes(byte[] bytes, params ReadOnlySpan<int> shape) => Create(DataType.Uint8, bytes, bytes.Length, shape);

    /// <summary>Wraps a frame, without a copy: the array must not change while the message lives.</summary>
    /// <param name="index">Number of the frame in its stream, from 0.</param>
    /// <param name="rgb">Pixels in row-major order, 3 bytes each.</param>
    public static Frame Frame(int index, byte[] rgb) =>
        new() { Index = checked((uint)index), Rgb = UnsafeByteOperations.UnsafeWrap(rgb) };

    /// <summary>The type that token ids below <paramref name="limit"/> travel in.</summary>
    public static DataType TokenType(int limit) => limit <= 1 << 16 ? DataType.Uint16 : DataType.Uint32;

    /// <summary>Bytes of an element; 0 for a type that is not known.</summary>
    public static int SizeOf(DataType type) => type switch
    {
        DataType.Uint8 => 1,
        DataType.Uint16 or DataType.Bfloat16 => 2,
        DataType.Uint32 or DataType.Float32 => 4,
        _ => 0,
    };

    private static Tensor Create(DataType type, byte[] data, int elements, ReadOnlySpan<int> shape)
    {
        if (shape.Length is < 1 or > MaxDimensions)
        {
            throw new ArgumentException($"Has {shape.Length} dimensions; a tensor has 1 to {MaxDimensions}.", nameof(shape));
        }

        var product = 1L;
        var tensor = new Tensor { DataType = type, Data = UnsafeByteOperations.UnsafeWrap(data) };
        foreach (var size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(shape));
            product = checked(product * size);
            tensor.Shape.Add((uint)size);
        }

        return product == elements && data.Length <= MaxBytes
            ? tensor
            : throw new ArgumentException(
                $"The shape {WireTensorReader.Format(tensor.Shape)} does not hold {elements} elements ({data.Length} bytes; at most {MaxBytes}).", nameof(shape));
    }
}
