using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Phenaki.Models.Folders;

/// <summary>The fields of a fingerprint: each one's length in bytes (unsigned, 64 bits, little-endian), then its bytes, so that no two lists of fields give the same stream.</summary>
internal static class Fingerprints
{
    private const int BufferBytes = 1 << 20;

    public static void AppendField(IncrementalHash hash, ReadOnlySpan<byte> field)
    {
        AppendLength(hash, field.Length);
        hash.AppendData(field);
    }

    public static void AppendField(IncrementalHash hash, string field) => AppendField(hash, Encoding.UTF8.GetBytes(field));

    public static void AppendFile(IncrementalHash hash, string path, SafeFileHandle handle)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var length = RandomAccess.GetLength(handle);
            AppendLength(hash, length);
            for (long offset = 0; offset < length;)
            {
                var count = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - offset)), offset);
                if (count == 0)
                {
                    throw new ModelFormatException(path, null, $"ends at byte {offset}, expected {length}");
                }

                hash.AppendData(buffer, 0, count);
                offset += count;
            }
        }
        catch (IOException exception)
        {
            throw new ModelFormatException(path, null, $"cannot be read: {exception.Message}", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void AppendLength(IncrementalHash hash, long length)
    {
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, length);
        hash.AppendData(prefix);
    }
}
