namespace Phenaki.Models.Text;

/// <summary>A set of byte strings, each with a number, walked byte by byte.</summary>
internal sealed class ByteTrie
{
    /// <summary>Where every walk starts.</summary>
    public const int Root = 0;

    private readonly Dictionary<long, int> _children = [];
    private readonly List<int> _values = [-1];

    /// <summary>Adds a string that is not there yet, with a number from 0.</summary>
    public void Add(ReadOnlySpan<byte> key, int value)
    {
        var node = Root;
        foreach (var label in key)
        {
            if (!TryStep(node, label, out var next))
            {
                next = _values.Count;
                _values.Add(-1);
                _children.Add(Edge(node, label), next);
            }

            node = next;
        }

        _values[node] = value;
    }

    /// <summary>The node reached from another over one byte.</summary>
    public bool TryStep(int node, byte label, out int next) => _children.TryGetValue(Edge(node, label), out next);

    /// <summary>The number of the string that ends at a node, or -1.</summary>
    public int Value(int node) => _values[node];

    /// <summary>Length of the longest string of the set that a text begins with; 0 where there is none.</summary>
    public int LongestPrefix(ReadOnlySpan<byte> text)
    {
        var (node, longest) = (Root, 0);
        for (var i = 0; i < text.Length && TryStep(node, text[i], out node); i++)
        {
            longest = Value(node) >= 0 ? i + 1 : longest;
        }

        return longest;
    }

    private static long Edge(int node, byte label) => ((long)node << 8) | label;
}
