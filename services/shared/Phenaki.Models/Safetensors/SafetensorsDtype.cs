namespace Phenaki.Models.Safetensors;

/// <summary>Element types of safetensors files that this project reads and writes.</summary>
public enum SafetensorsDtype
{
    /// <summary>IEEE 754 single precision.</summary>
    F32,

    /// <summary>IEEE 754 half precision.</summary>
    F16,

    /// <summary>The upper half of a single.</summary>
    BF16,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,
}
