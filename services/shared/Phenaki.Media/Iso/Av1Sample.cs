namespace Phenaki.Media.Iso;

/// <summary>Where the data of a frame lie.</summary>
/// <param name="Offset">First byte in the file.</param>
/// <param name="Size">Bytes, at least 1.</param>
/// <param name="Duration">How long the frame is shown, in the track's timescale.</param>
/// <param name="IsSync">True when decoding can begin here.</param>
internal readonly record struct Av1Sample(long Offset, int Size, uint Duration, bool IsSync);
