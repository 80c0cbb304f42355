using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Phenaki.Common.V1;

namespace Phenaki.Contracts;

/// <summary>
/// Reads the <see cref="Tensor"/> of the wire into memory. Nothing of a message is believed: type, shape, byte count and every element are
/// checked first, and everything that is wrong is reported at once, by field.
/// </summary>
public static class WireTensorReader
{
    /// <summary>Reads an embedding sent as float32 or bfloat16; every element must be finite.</summary>
    /// <param name="tensor">The message; missing is a problem.</param>
    /// <param name="field">Path of the field that holds it, for the report.</param>
    /// <param name="report">Gets everything that is wrong.</param>
    /// <param name="shape">What each dimension may be.</param>
    /// <returns>The elements, row-major; null when something was reported.</returns>
    public static float[]? ReadFloats(Tensor? tensor, string field, Action<FieldProblem> report, params ReadOnlySpan<Extent> shape)
    {
        if (!Check(tensor, field, report, shape, DataType.Float32, DataType.Bfloat16))
        {
            return null;
        }

        var data = tensor!.Data.Span;
        var size = WireTensor.SizeOf(tensor.DataType);
        var values = new float[data.Length / size];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = size == sizeof(float)
                ? BinaryPrimitives.ReadSingleLittleEndian(data[(i * sizeof(float))..])
                : BFloat16.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(data[(i * sizeof(ushort))..]));
            if (!float.IsFinite(values[i]))
            {
                report(new($"{field}.data", Invariant($"element {i} is {values[i]}; only finite numbers are allowed.")));
                return null;
            }
        }

        return values;
    }

    /// <summary>Reads token ids sent as u16 or u32.</summary>
    /// <param name="tensor">The message; missing is a problem.</param>
    /// <param name="field">Path of the field that holds it, for the report.</param>
    /// <param name="limit">The codebook size: every id must be below it.</param>
    /// <param name="report">Gets everything that is wrong.</param>
    /// <param name="shape">What each dimension may be.</param>
    /// <returns>The ids, row-major; null when something was reported.</returns>
    public static int[]? ReadTokens(Tensor? tensor, string field, int limit, Action<FieldProblem> report, params ReadOnlySpan<Extent> shape)
    {
        if (!Check(tensor, field, report, shape, DataType.Uint16, DataType.Uint32))
        {
            return null;
        }

        var data = tensor!.Data.Span;
        var size = WireTensor.SizeOf(tensor.DataType);
        var tokens = new int[data.Length / size];
        for (var i = 0; i < tokens.Length; i++)
        {
            var token = size == sizeof(uint)
                ? BinaryPrimitives.ReadUInt32LittleEndian(data[(i * sizeof(uint))..])
                : BinaryPrimitives.ReadUInt16LittleEndian(data[(i * sizeof(ushort))..]);
            if (token >= (uint)limit)
            {
                report(new($"{field}.data", Invariant($"token {i} is {token}; allowed are 0..{limit - 1}.")));
                return null;
            }

            tokens[i] = (int)token;
        }

        return tokens;
    }

    /// <summary>As <see cref="ReadFloats(Tensor?, string, Action{FieldProblem}, ReadOnlySpan{Extent})"/>, for a receiver that cannot go on.</summary>
    /// <exception cref="TensorFormatException">The tensor is not what is asked for.</exception>
    public static float[] ReadFloats(Tensor? tensor, string field, params ReadOnlySpan<Extent> shape)
    {
        List<FieldProblem> problems = [];
        return ReadFloats(tensor, field, problems.Add, shape) ?? throw new TensorFormatException(problems);
    }

    /// <summary>As <see cref="ReadTokens(Tensor?, string, int, Action{FieldProblem}, ReadOnlySpan{Extent})"/>, for a receiver that cannot go on.</summary>
    /// <exception cref="TensorFormatException">The tensor is not what is asked for.</exception>
    public static int[] ReadTokens(Tensor? tensor, string field, int limit, params ReadOnlySpan<Extent> shape)
    {
        List<FieldProblem> problems = [];
        return ReadTokens(tensor, field, limit, problems.Add, shape) ?? throw new TensorFormatException(problems);
    }

    /// <summary>The pixels of a frame: the array behind the message where there is one, else a copy; not to be written to.</summary>
    /// <param name="frame">The message; missing is a problem.</param>
    /// <param name="field">Path of the field that holds it, for the report.</param>
    /// <param name="frameBytes">Bytes that a frame must have: height * width * 3.</param>
    /// <param name="report">Gets everything that is wrong.</param>
    /// <returns>The pixels; null when something was reported.</returns>
    public static byte[]? ReadFrame(Frame? frame, string field, int frameBytes, Action<FieldProblem> report)
    {
        if (frame is null)
        {
            report(new(field, "is missing."));
            return null;
        }

        if (frame.Rgb.Length != frameBytes)
        {
            report(new($"{field}.rgb", Invariant($"has {frame.Rgb.Length} bytes; must have {frameBytes}, 3 for each pixel.")));
            return null;
        }

        return MemoryMarshal.TryGetArray(frame.Rgb.Memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : frame.Rgb.ToByteArray();
    }

    /// <summary>A shape as people write it, as in "[6, 8, 8]"; cut off after some dimensions, since it may come from a stranger.</summary>
    internal static string Format(IReadOnlyCollection<uint> shape) => shape.Count <= WireTensor.MaxDimensions
        ? $"[{string.Join(", ", shape)}]"
        : $"[{string.Join(", ", shape.Take(WireTensor.MaxDimensions))}, ...]";

    private static bool Check(Tensor? tensor, string field, Action<FieldProblem> report, ReadOnlySpan<Extent> expected, DataType first, DataType second)
    {
        if (tensor is null)
        {
            report(new(field, "is missing."));
            return false;
        }

        var good = true;
        if (tensor.DataType != first && tensor.DataType != second)
        {
            report(new($"{field}.data_type", $"is {tensor.DataType}; allowed are {first} and {second}."));
            good = false;
        }

        if (!HasShape(tensor, expected))
        {
            report(new($"{field}.shape", $"is {Format(tensor.Shape)}; must be [{string.Join(", ", expected.ToArray())}]."));
            good = false;
        }

        if (!good)
        {
            return false;
        }

        var bytes = (ulong)WireTensor.SizeOf(tensor.DataType);
        foreach (var size in tensor.Shape)
        {
            // A product that is too large stays too large; it never wraps round to a small one.
            bytes = Math.Min(bytes * Math.Min(size, WireTensor.MaxBytes + 1UL), WireTensor.MaxBytes + 1UL);
        }

        if (bytes > WireTensor.MaxBytes)
        {
            report(new($"{field}.shape", $"{Format(tensor.Shape)} of {tensor.DataType} takes more than {WireTensor.MaxBytes} bytes."));
            return false;
        }

        if ((ulong)tensor.Data.Length != bytes)
        {
            report(new($"{field}.data", Invariant($"has {tensor.Data.Length} bytes; {Format(tensor.Shape)} of {tensor.DataType} takes {bytes}.")));
            return false;
        }

        return true;
    }

    private static bool HasShape(Tensor tensor, ReadOnlySpan<Extent> expected)
    {
        if (tensor.Shape.Count != expected.Length)
        {
            return false;
        }

        for (var i = 0; i < expected.Length; i++)
        {
            if (!expected[i].Contains(tensor.Shape[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
