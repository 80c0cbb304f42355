using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Phenaki.Models.Folders;
using TorchSharp;

namespace Phenaki.Models.Safetensors;

/// <summary>
/// One safetensors file, open for reading. The header is checked when it opens, values when they are read: floating-point
/// tensors that hold NaN or infinity are refused. Values are read in pieces, so memory stays flat in the size of the file.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    // Large enough that the disk is kept busy, small beside any model.
    private const int PieceBytes = 16 << 20;

    private readonly SafeFileHandle _handle;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(string path, SafeFileHandle handle, SafetensorsHeader header)
    {
        Path = path;
        _handle = handle;
        _header = header;
    }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => _header.Tensors;

    /// <summary>The header's free text entries.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="ModelFormatException">The file is missing, unreadable, or no intact safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path);
            return new SafetensorsFile(path, handle, ReadHeader(path, handle));
        }
        catch (Exception exception)
        {
            handle?.Dispose();
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw new ModelFormatException(path, null, $"cannot be read: {exception.Message}", exception);
            }

            throw;
        }
    }

    /// <summary>The values of a F32, F16 or BF16 tensor, row-major.</summary>
    /// <exception cref="ModelFormatException">There is no such tensor, it is of another type, or it holds NaN or infinity.</exception>
    public float[] ReadFloats(string name)
    {
        var entry = Find(name);
        if (!entry.Dtype.IsFloatingPoint())
        {
            throw new ModelFormatException(Path, name, $"expected F32, F16 or BF16, found {entry.Dtype.Name()}");
        }

        var values = new float[CheckArrayLength(entry)];
        ReadPieces(entry, (bytes, done) => FloatConversion.ToSingle(bytes, entry.Dtype, values.AsSpan((int)done)));
        return values;
    }

    /// <summary>The values of a tensor stored as <typeparamref name="T"/>, row-major: ushort for U16, int for I32, long for I64, byte for U8.</summary>
    /// <exception cref="ModelFormatException">There is no such tensor, or it is of another type.</exception>
    public T[] ReadValues<T>(string name)
        where T : unmanaged
    {
        var entry = Find(name);
        var asked = WritableTensor.DtypeOf<T>();
        if (entry.Dtype != asked)
        {
            throw new ModelFormatException(Path, name, $"expected {asked.Name()}, found {entry.Dtype.Name()}");
        }

        var values = new T[CheckArrayLength(entry)];
        ReadPieces(entry, (bytes, done) => bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan((int)done))));
        return values;
    }

    /// <summary>The tensor in its stored type (U16 becomes int32) on the CPU; the caller owns it.</summary>
    /// <exception cref="ModelFormatException">There is no such tensor, or it holds NaN or infinity.</exception>
    public torch.Tensor ReadTensor(string name)
    {
        var entry = Find(name);
        var tensor = torch.empty(entry.Shape.ToArray(), entry.Dtype.ToTorch() ?? torch.ScalarType.Int32);
        try
        {
            CopyTo(name, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Copies the values into an existing contiguous tensor of the same shape, on any device, converting between floating-point types.</summary>
    /// <exception cref="ModelFormatException">There is no such tensor, shape or kind of type differ, or it holds NaN or infinity.</exception>
    public void CopyTo(string name, torch.Tensor target)
    {
        var entry = CheckShape(name, target.shape);
        var stored = entry.Dtype.ToTorch() ?? torch.ScalarType.Int32;
        if (stored != target.dtype && !(entry.Dtype.IsFloatingPoint() && target.is_floating_point()))
        {
            throw new ModelFormatException(Path, name, $"expected values of type {target.dtype}, found {entry.Dtype.Name()}");
        }

        using var noGradient = torch.no_grad();
        using var plain = target.detach();
        using var flat = plain.view(-1);
        ReadPieces(entry, (bytes, done) =>
        {
            using var staging = torch.empty([bytes.Length / entry.Dtype.Size()], stored);
            if (entry.Dtype is SafetensorsDtype.U16)
            {
                FloatConversion.Widen(bytes, MemoryMarshal.Cast<byte, int>(staging.bytes));
            }
            else
            {
                bytes.CopyTo(staging.bytes);
            }

            using var part = flat.narrow(0, done, staging.numel());
            part.copy_(staging).Dispose();
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>Adds every byte of the file to a hash, length first.</summary>
    internal void AppendTo(IncrementalHash hash) => Fingerprints.AppendFile(hash, Path, _handle);

    private static SafetensorsHeader ReadHeader(string path, SafeFileHandle handle)
    {
        var length = RandomAccess.GetLength(handle);
        if (length < sizeof(long))
        {
            throw new ModelFormatException(path, null, $"a safetensors file has at least 8 bytes, found {length}");
        }

        Span<byte> prefix = stackalloc byte[sizeof(long)];
        ReadExactly(path, handle, prefix, 0);
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerBytes > SafetensorsHeader.MaxBytes)
        {
            throw new ModelFormatException(path, null, $"the header may have at most {SafetensorsHeader.MaxBytes} bytes, found {headerBytes}; this is no safetensors file");
        }

        var dataStart = sizeof(long) + (long)headerBytes;
        if (dataStart > length)
        {
            throw new ModelFormatException(path, null, $"the header ends at byte {dataStart}, but the file has {length} bytes; it is truncated");
        }

        var json = new byte[headerBytes];
        ReadExactly(path, handle, json, sizeof(long));
        return SafetensorsHeader.Parse(path, json, dataStart, length - dataStart);
    }

    private static void ReadExactly(string path, SafeFileHandle handle, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            var count = RandomAccess.Read(handle, destination, offset);
            if (count == 0)
            {
                throw new ModelFormatException(path, null, $"ends at byte {offset} although it was longer when it was opened");
            }

            destination = destination[count..];
            offset += count;
        }
    }

    internal TensorEntry CheckShape(string name, long[] expected)
    {
        var entry = Find(name);
        return expected.SequenceEqual(entry.Shape)
            ? entry
            : throw new ModelFormatException(Path, name, $"expected {TensorEntry.Format(expected)}, found {TensorEntry.Format(entry.Shape)}");
    }

    private TensorEntry Find(string name) =>
        Tensors.TryGetValue(name, out var entry) ? entry : throw new ModelFormatException(Path, name, "is missing");

    private int CheckArrayLength(TensorEntry entry) => entry.ElementCount <= Array.MaxLength
        ? (int)entry.ElementCount
        : throw new ModelFormatException(Path, entry.Name, $"an array holds at most {Array.MaxLength} values, found {entry.ElementCount}");

    private void ReadPieces(TensorEntry entry, PieceReader consume)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(PieceBytes, Math.Max(1, entry.ByteCount)));
        try
        {
            for (long done = 0; done < entry.ByteCount;)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(PieceBytes, entry.ByteCount - done));
                ReadExactly(Path, _handle, piece, entry.Offset + done);
                if (FloatConversion.CountNonFinite(piece, entry.Dtype) is > 0 and var bad)
                {
                    throw new ModelFormatException(Path, entry.Name, $"expected {entry.ElementCount} finite values, found {bad} that are NaN or infinite from element {done / entry.Dtype.Size()} on");
                }

                consume(piece, done / entry.Dtype.Size());
                done += piece.Length;
            }
        }
        catch (IOException exception)
        {
            throw new ModelFormatException(Path, entry.Name, $"cannot be read: {exception.Message}", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private delegate void PieceReader(ReadOnlySpan<byte> bytes, long elementsDone);
}
