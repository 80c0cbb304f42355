namespace Phenaki.Models;

/// <summary>
/// How a token is made of parts (product quantisation, Jégou, Douze and Schmid, TPAMI 2011): token = sum over the parts of digit * part size^part. Each part has a
/// table of its own, so a few small tables stand for very many codes.
/// </summary>
/// <param name="CodebookSize">Number of codes: part size^parts.</param>
/// <param name="Parts">Parts of a code, 1 to <see cref="MostParts"/>.</param>
public readonly record struct ProductCode(int CodebookSize, int Parts)
{
    /// <summary>Most parts of a code.</summary>
    public const int MostParts = 3;

    /// <summary>Entries in the table of one part.</summary>
    public int PartSize { get; } = (int)Math.Round(Math.Pow(CodebookSize, 1.0 / Parts));

    /// <summary>Entries in the tables of all parts, which lie behind each other.</summary>
    public int TableSize => Parts * PartSize;

    /// <summary>What a part counts in a token: part size^part.</summary>
    public int Stride(int part) => part == 0 ? 1 : PartSize * Stride(part - 1);

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    /// <param name="partsName">Name of the field that holds the number of parts.</param>
    public IEnumerable<string> Violations(string partsName)
    {
        if (Parts is < 1 or > MostParts)
        {
            yield return $"{partsName} is {Parts}; allowed are 1 to {MostParts}";
        }
        else if (CodebookSize is < 2 or > 1 << 30 || PartSize > 1 << 20)
        {
            yield return $"codebook_size is {CodebookSize}; allowed are 2 to {(Parts == 1 ? 1 << 20 : 1 << 30)}";
        }
        else if ((long)Stride(Parts - 1) * PartSize != CodebookSize)
        {
            yield return $"codebook_size is {CodebookSize}; with {Parts} parts it must be a whole number to the power of {Parts}";
        }
    }
}
