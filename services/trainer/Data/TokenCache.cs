using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Phenaki.Trainer.Data;

/// <summary>
/// Tokens of clips on disk, so that frames are tokenised once. One file for each video tokenizer, in blocks: a length, the clips tokenised together, a checksum. A block
/// that was not written to its end is cut off: then its clips are tokenised again together, with the same result. Full, it takes no more. Not for many threads.
/// </summary>
internal sealed class TokenCache : IDisposable
{
    private const int HeadBytes = sizeof(int);
    private const int KeyBytes = 16;
    private const int SumBytes = sizeof(ulong);

    private readonly Dictionary<UInt128, (long Offset, int Count)> _places = [];
    private readonly FileStream _file;
    private readonly long _limit;

    private TokenCache(FileStream file, long limit) => (_file, _limit) = (file, limit);

    /// <summary>Clips that are kept.</summary>
    public int Count => _places.Count;

    /// <summary>Opens a cache, or makes it.</summary>
    /// <param name="folder">Its folder; made if needed.</param>
    /// <param name="fingerprint">Fingerprint of the video tokenizer, with all else that tokens depend on.</param>
    /// <param name="limit">Most bytes on disk.</param>
    /// <exception cref="IOException">Another process has it open.</exception>
    public static TokenCache Open(string folder, string fingerprint, long limit)
    {
        Directory.CreateDirectory(folder);
        var file = new FileStream(Path.Combine(folder, fingerprint + ".tokens"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var cache = new TokenCache(file, limit);
        try
        {
            cache.ReadPlaces();
            return cache;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether the tokens of a clip are kept.</summary>
    public bool Contains(UInt128 clip) => _places.ContainsKey(clip);

    /// <summary>The tokens of a clip that is kept.</summary>
    public int[] Read(UInt128 clip)
    {
        var (offset, count) = _places[clip];
        var tokens = new int[count];
        _file.Position = offset;
        _file.ReadExactly(MemoryMarshal.AsBytes(tokens.AsSpan()));
        return tokens;
    }

    /// <summary>Keeps clips that were tokenised together, if there is room.</summary>
    public void Add(IReadOnlyList<(UInt128 Clip, int[] Tokens)> clips)
    {
        int length = clips.Sum(clip => KeyBytes + sizeof(int) + (clip.Tokens.Length * sizeof(int)));
        if (clips.Count == 0 || _file.Length + HeadBytes + length + SumBytes > _limit)
        {
            return;
        }

        var block = new byte[HeadBytes + length + SumBytes];
        BinaryPrimitives.WriteInt32LittleEndian(block, length);
        var rest = block.AsSpan(HeadBytes);
        foreach (var (clip, tokens) in clips)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(rest, clip);
            BinaryPrimitives.WriteInt32LittleEndian(rest[KeyBytes..], tokens.Length);
            MemoryMarshal.AsBytes(tokens.AsSpan()).CopyTo(rest[(KeyBytes + sizeof(int))..]);
            rest = rest[(KeyBytes + sizeof(int) + (tokens.Length * sizeof(int)))..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(rest, XxHash64.HashToUInt64(block.AsSpan(0, HeadBytes + length)));
        long at = _file.Length;
        _file.Position = at;
        _file.Write(block);
        _file.Flush();
        AddPlaces(at + HeadBytes, block.AsSpan(HeadBytes, length));
    }

    private void ReadPlaces()
    {
        long whole = 0;
        var head = new byte[HeadBytes];
        while (_file.Length - whole >= HeadBytes + SumBytes)
        {
            _file.Position = whole;
            _file.ReadExactly(head);
            int length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length <= 0 || whole + HeadBytes + length + SumBytes > _file.Length)
            {
                break;
            }

            var block = new byte[HeadBytes + length + SumBytes];
            _file.Position = whole;
            _file.ReadExactly(block);
            if (BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(HeadBytes + length)) != XxHash64.HashToUInt64(block.AsSpan(0, HeadBytes + length)))
            {
                break;
            }

            AddPlaces(whole + HeadBytes, block.AsSpan(HeadBytes, length));
            whole += block.Length;
        }

        _file.SetLength(whole);
    }

    private void AddPlaces(long offset, ReadOnlySpan<byte> clips)
    {
        for (int at = 0; at < clips.Length;)
        {
            int count = BinaryPrimitives.ReadInt32LittleEndian(clips[(at + KeyBytes)..]);
            _places[BinaryPrimitives.ReadUInt128LittleEndian(clips[at..])] = (offset + at + KeyBytes + sizeof(int), count);
            at += KeyBytes + sizeof(int) + (count * sizeof(int));
        }
    }

    public void Dispose() => _file.Dispose();
}
