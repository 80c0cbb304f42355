using System.Globalization;

namespace Phenaki.Contracts;

/// <summary>What a dimension of a tensor may be: a range, both ends included. A number converts to exactly itself.</summary>
/// <param name="Minimum">Least size, at least 1.</param>
/// <param name="Maximum">Largest size.</param>
public readonly record struct Extent(int Minimum, int Maximum)
{
    /// <summary>Any size.</summary>
    public static Extent Any => new(1, int.MaxValue);

    /// <summary>From 1 up to <paramref name="maximum"/>.</summary>
    public static Extent UpTo(int maximum) => new(1, maximum);

    /// <summary>Exactly <paramref name="size"/>.</summary>
    public static implicit operator Extent(int size) => FromInt32(size);

    /// <summary>Exactly <paramref name="size"/>.</summary>
    public static Extent FromInt32(int size) => new(size, size);

    /// <summary>True when a dimension may be <paramref name="size"/>.</summary>
    public bool Contains(uint size) => size >= Minimum && size <= Maximum;

    /// <summary>As in "256" or "1..16".</summary>
    public override string ToString() => Minimum == Maximum
        ? Minimum.ToString(CultureInfo.InvariantCulture)
        : Maximum == int.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"{Minimum} or more")
            : string.Create(CultureInfo.InvariantCulture, $"{Minimum}..{Maximum}");
}
