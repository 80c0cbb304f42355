using TorchSharp;

namespace Phenaki.Models.Safetensors;

/// <summary>Names, sizes and Torch counterparts of <see cref="SafetensorsDtype"/>.</summary>
internal static class SafetensorsDtypes
{
    public static bool TryParse(string? name, out SafetensorsDtype dtype)
    {
        (var known, dtype) = name switch
        {
            "F32" => (true, SafetensorsDtype.F32),
            "F16" => (true, SafetensorsDtype.F16),
            "BF16" => (true, SafetensorsDtype.BF16),
            "I64" => (true, SafetensorsDtype.I64),
            "I32" => (true, SafetensorsDtype.I32),
            "U16" => (true, SafetensorsDtype.U16),
            "U8" => (true, SafetensorsDtype.U8),
            "BOOL" => (true, SafetensorsDtype.Bool),
            _ => (false, default),
        };
        return known;
    }

    public static string Name(this SafetensorsDtype dtype) => dtype is SafetensorsDtype.Bool ? "BOOL" : dtype.ToString();

    public static int Size(this SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.I64 => 8,
        SafetensorsDtype.F32 or SafetensorsDtype.I32 => 4,
        SafetensorsDtype.F16 or SafetensorsDtype.BF16 or SafetensorsDtype.U16 => 2,
        _ => 1,
    };

    public static bool IsFloatingPoint(this SafetensorsDtype dtype) =>
        dtype is SafetensorsDtype.F32 or SafetensorsDtype.F16 or SafetensorsDtype.BF16;

    /// <summary>The Torch type with the same bytes; null for <see cref="SafetensorsDtype.U16"/>, which TorchSharp lacks.</summary>
    public static torch.ScalarType? ToTorch(this SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F32 => torch.ScalarType.Float32,
        SafetensorsDtype.F16 => torch.ScalarType.Float16,
        SafetensorsDtype.BF16 => torch.ScalarType.BFloat16,
        SafetensorsDtype.I64 => torch.ScalarType.Int64,
        SafetensorsDtype.I32 => torch.ScalarType.Int32,
        SafetensorsDtype.U8 => torch.ScalarType.Byte,
        SafetensorsDtype.Bool => torch.ScalarType.Bool,
        _ => null,
    };

    public static SafetensorsDtype FromTorch(torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float32 => SafetensorsDtype.F32,
        torch.ScalarType.Float16 => SafetensorsDtype.F16,
        torch.ScalarType.BFloat16 => SafetensorsDtype.BF16,
        torch.ScalarType.Int64 => SafetensorsDtype.I64,
        torch.ScalarType.Int32 => SafetensorsDtype.I32,
        torch.ScalarType.Byte => SafetensorsDtype.U8,
        torch.ScalarType.Bool => SafetensorsDtype.Bool,
        _ => throw new ArgumentException($"Tensors of type {type} cannot be stored; allowed: float32, float16, bfloat16, int64, int32, byte, bool.", nameof(type)),
    };
}
