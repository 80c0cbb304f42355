using System.IO.Hashing;
using System.Runtime.InteropServices;
using Phenaki.Media;

namespace Phenaki.Trainer.Data;

/// <summary>A video or picture with its captions.</summary>
/// <param name="Key">Its name in the collection, the same on every machine.</param>
/// <param name="Part">Where it lies.</param>
/// <param name="Captions">At least one; each use draws one of them.</param>
/// <param name="Frames">Frames at the rate of a prepared set; 1 for a picture; null where only decoding tells.</param>
/// <param name="Bytes">Its size, 0 for a folder of pictures.</param>
/// <param name="Changed">When it was last changed, in ticks.</param>
internal sealed record MediaEntry(string Key, MediaPart Part, IReadOnlyList<string> Captions, int? Frames, long Bytes, long Changed)
{
    /// <summary>A number for a cut of this entry; another content has another number.</summary>
    /// <param name="window">Number of the cut.</param>
    /// <param name="frames">Its frames.</param>
    public UInt128 Identity(int window, int frames) => Hash($"{Key}\n{Bytes}\n{Changed}\n{window}\n{frames}");

    /// <summary>The file that it was made of: pieces of one video are held out together.</summary>
    public string Source { get; init; } = Key;

    /// <summary>A uniform number in [0, 1) that depends on the source alone.</summary>
    public double Uniform => (ulong)(Hash(Source) >> 64) / 18446744073709551616.0;

    private static UInt128 Hash(string text) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.AsSpan()));
}
