namespace Phenaki.Caching;

/// <summary>Element types of stored values. The numbers are part of the stored format: add, never change.</summary>
public enum CacheDataType
{
    /// <summary>Bytes.</summary>
    UInt8 = 1,

    /// <summary>Whole numbers of 16 bits, little-endian.</summary>
    UInt16 = 2,

    /// <summary>Whole numbers of 32 bits, little-endian.</summary>
    UInt32 = 3,

    /// <summary>IEEE 754 single precision, little-endian.</summary>
    Float32 = 4,

    /// <summary>bfloat16, little-endian.</summary>
    BFloat16 = 5,
}
