using System.Threading.Channels;
using Phenaki.Models;
using Phenaki.Models.Text;
using Phenaki.TextEncoder.Encoding;

namespace Phenaki.TextEncoder.Tests;

/// <summary>A model in which a token is a character, cut off like T5's, and its row is (character, position).</summary>
internal sealed class FakeTextEncoder : ITextEncoder
{
    public const int EndOfSentence = 1;

    public ModelIdentity Identity { get; } = new("fake", "2", new string('b', 64), 7);

    public int Width { get; init; } = 2;

    public int MaxTokens { get; init; } = 16;

    /// <summary>When set, a batch takes one permit.</summary>
    public SemaphoreSlim? Permits { get; init; }

    /// <summary>Gets the texts of a batch when it begins.</summary>
    public Channel<IReadOnlyList<string>> Begun { get; } = Channel.CreateUnbounded<IReadOnlyList<string>>();

    public bool IsDisposed { get; private set; }

    public IReadOnlyList<PromptEmbedding> Encode(IReadOnlyList<string> texts, int maxTokens)
    {
        Begun.Writer.TryWrite(texts);
        Permits?.Wait(TimeSpan.FromSeconds(50));
        return [.. texts.Select(text => Encode(text, maxTokens))];
    }

    public void Dispose() => IsDisposed = true;

    private PromptEmbedding Encode(string text, int maxTokens)
    {
        if (text == "bug")
        {
            throw new InvalidOperationException("a bug");
        }

        int[] ids = [.. text.Take(maxTokens - 1).Select(c => (int)c), EndOfSentence];
        var values = ids.SelectMany((id, position) => Enumerable.Range(0, Width).Select(i => i == 0 ? id : (float)position)).ToArray();
        return new(ids, values, Width, [.. text.Split(' ').Where(w => w.StartsWith('x'))], text.Length > maxTokens - 1);
    }
}
