using System.Buffers.Binary;
using System.Text;

namespace Phenaki.Models.Tests.Safetensors;

/// <summary>Files put together by hand, from the format's description alone, so that reader and writer are not tested against each other only.</summary>
internal static class RawSafetensors
{
    public static byte[] Bytes(string header, params byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + json.Length);
        return bytes;
    }

    public static byte[] Floats(string name, string shape, params float[] values)
    {
        var data = new byte[values.Length * 4];
        Buffer.BlockCopy(values, 0, data, 0, data.Length);
        return Bytes($$$"""{"{{{name}}}":{"dtype":"F32","shape":[{{{shape}}}],"data_offsets":[0,{{{data.Length}}}]}}""", data);
    }
}
