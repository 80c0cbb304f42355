using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Phenaki.Orchestrator.Stories;

/// <summary>Seeds from the operating system: replicas that start together must not draw the same ones.</summary>
internal sealed class RandomSeedSource : ISeedSource
{
    /// <inheritdoc/>
    public ulong Next()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
