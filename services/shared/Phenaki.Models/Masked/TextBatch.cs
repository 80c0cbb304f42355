using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>Puts texts of different lengths into one batch.</summary>
public static class TextBatch
{
    /// <summary>Pads texts at their ends with zeros.</summary>
    /// <param name="texts">Each of shape [1, length, width], lengths at least 1.</param>
    /// <param name="multiple">The longest is padded too, to a multiple of this; at least 1.</param>
    /// <returns>Texts of shape [batch, length, width], and a mask of shape [batch, length], true for a text row.</returns>
    public static (Tensor Text, Tensor Mask) Pad(IReadOnlyList<Tensor> texts, int multiple = 1)
    {
        long longest = (texts.Max(text => text.shape[1]) + multiple - 1) / multiple * multiple;
        var padded = texts.Select(text => nn.functional.pad(text, [0, 0, 0, longest - text.shape[1]]));
        var lengths = tensor(texts.Select(text => text.shape[1]).ToArray(), dtype: ScalarType.Int64, device: texts[0].device);
        return (cat([.. padded], 0), Number.Range(longest, texts[0].device).unsqueeze(0) < lengths.unsqueeze(1));
    }
}
