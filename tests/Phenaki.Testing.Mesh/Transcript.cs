using System.Text;

namespace Phenaki.Testing.Mesh;

/// <summary>What a process says on one stream.</summary>
internal sealed class Transcript
{
    private readonly StringBuilder _text = new();
    private readonly Lock _gate = new();

    /// <summary>Reads to the end of the stream.</summary>
    public async Task ReadAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (_gate)
            {
                _text.AppendLine(line);
            }
        }
    }

    /// <summary>True when something was said.</summary>
    public bool Has(string words) => ToString().Contains(words, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_gate)
        {
            return _text.ToString();
        }
    }
}
