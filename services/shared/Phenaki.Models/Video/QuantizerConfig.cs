namespace Phenaki.Models.Video;

/// <summary>How encoder rows become codes.</summary>
public sealed record QuantizerConfig
{
    /// <summary>"vq": nearest code of a learned, l2-normalised, factorised codebook (arXiv 2110.04627, section 3.2). "fsq": rounding (2309.15505).</summary>
    public required string Type { get; init; }

    /// <summary>Number of codes. For "fsq" it must be the product of <see cref="Levels"/>, for "vq" a whole number to the power of <see cref="Parts"/>.</summary>
    public required int CodebookSize { get; init; }

    /// <summary>Numbers in a code. For "fsq" it must be the length of <see cref="Levels"/>.</summary>
    public required int CodeWidth { get; init; }

    /// <summary>"vq" only: parts of a code, each quantised by a codebook of its own (<see cref="ProductCode"/>), 1 to 3. Divides <see cref="CodeWidth"/>. Default 1, as in the paper.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>"fsq" only: levels of each number of a code, each at least 2.</summary>
    public int[] Levels { get; init; } = [];

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        if (Type is not ("vq" or "fsq"))
        {
            yield return $"type is '{Type}'; allowed are 'vq' and 'fsq'";
        }

        foreach (var violation in new ProductCode(CodebookSize, Parts).Violations("parts"))
        {
            yield return violation;
        }

        if (CodeWidth is < 1 or > 4096)
        {
            yield return $"code_width is {CodeWidth}; allowed are 1 to 4096";
        }

        if (Parts >= 1 && CodeWidth % Parts != 0)
        {
            yield return $"code_width {CodeWidth} is no multiple of parts {Parts}";
        }

        if (Type == "fsq")
        {
            if (Parts != 1)
            {
                yield return "parts belong to 'vq' alone";
            }

            long product = Levels.Aggregate(1L, (all, level) => Math.Min(all * Math.Max(level, 0), int.MaxValue));
            if (Levels.Any(level => level is < 2 or > 256))
            {
                yield return $"levels are [{string.Join(", ", Levels)}]; each must be 2 to 256";
            }
            else if (product != CodebookSize || Levels.Length != CodeWidth)
            {
                yield return $"levels [{string.Join(", ", Levels)}] make {product} codes of width {Levels.Length}, " +
                    $"codebook_size is {CodebookSize} and code_width {CodeWidth}";
            }
        }
        else if (Levels.Length != 0)
        {
            yield return "levels belong to 'fsq' alone";
        }
    }
}
