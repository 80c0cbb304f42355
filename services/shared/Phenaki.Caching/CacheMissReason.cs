namespace Phenaki.Caching;

/// <summary>Why a look-up gave nothing.</summary>
public enum CacheMissReason
{
    /// <summary>The store has no such value, or could not be asked in time (which the store counts for itself).</summary>
    Absent,

    /// <summary>Cut off, too long, or no value of ours at all.</summary>
    Damaged,

    /// <summary>A format version that this build does not read.</summary>
    Version,

    /// <summary>The checksum does not match.</summary>
    Checksum,

    /// <summary>Another element type than asked for.</summary>
    DataType,

    /// <summary>Another shape than asked for.</summary>
    Shape,

    /// <summary>A value stored for another key.</summary>
    Fingerprint,

    /// <summary>Whole, but holding what cannot be: a token outside the codebook, notes that do not parse.</summary>
    Content,
}
