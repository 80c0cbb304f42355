using System.Globalization;

namespace Phenaki.Cli.Inspection;

/// <summary>Tokens for people.</summary>
internal static class TokenText
{
    /// <summary>A block of lines for each latent frame.</summary>
    /// <param name="latentFrames">Tokens of each latent frame, row-major.</param>
    /// <param name="columns">Token columns.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<int[]> latentFrames, int columns)
    {
        var width = latentFrames.SelectMany(frame => frame).Max().ToString(CultureInfo.InvariantCulture).Length;
        for (var frame = 0; frame < latentFrames.Count; frame++)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"latent frame {frame}");
            foreach (var row in latentFrames[frame].Chunk(columns))
            {
                yield return string.Join(' ', row.Select(token => token.ToString(CultureInfo.InvariantCulture).PadLeft(width)));
            }
        }
    }
}
