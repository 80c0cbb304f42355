using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Durable;

/// <summary>Ids of stories: 128 bits in hexadecimal.</summary>
internal static class StoryId
{
    /// <summary>Longest name that a client gives to a request.</summary>
    public const int MaxRequestId = 128;

    private const int Bytes = 16;

    /// <summary>
    /// The id of what a client asks for under a name of its own: always the same one, so that no list of names has to be kept. Names of different
    /// owners never meet.
    /// </summary>
    public static string Of(string owner, string requestId)
    {
        var ownerBytes = Encoding.UTF8.GetBytes(owner);
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, ownerBytes.Length);
        return Convert.ToHexStringLower(SHA256.HashData([.. length, .. ownerBytes, .. Encoding.UTF8.GetBytes(requestId)]).AsSpan(0, Bytes));
    }

    /// <summary>An id that no other story has.</summary>
    public static string New(ISeedSource random) => $"{random.Next():x16}{random.Next():x16}";

    /// <summary>True for what can be an id.</summary>
    public static bool IsId(string text) => text.Length == 2 * Bytes && text.All(char.IsAsciiHexDigitLower);

    /// <summary>True for what can be a client's name for a request; empty for none.</summary>
    public static bool IsRequestId(string text) => text.Length <= MaxRequestId && text.All(c => c is > ' ' and <= '~');
}
