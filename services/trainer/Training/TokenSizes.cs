using Phenaki.Models.Masked;
using Phenaki.Models.Video;

namespace Phenaki.Trainer.Training;

/// <summary>What a masked transformer and a video tokenizer must agree on for the tokens of one to be those of the other.</summary>
internal static class TokenSizes
{
    /// <summary>Says what differs, field by field, as in "rows is 8; the video tokenizer needs 4"; nothing when they fit.</summary>
    public static IEnumerable<string> Mismatches(MaskedTransformerConfig model, VideoTokenizerConfig video)
    {
        var geometry = video.Geometry();
        return new[]
        {
            ("rows", model.Rows, geometry.Rows), ("columns", model.Columns, geometry.Columns), ("codebook_size", model.CodebookSize, video.Quantizer.CodebookSize),
            ("code_parts", model.CodeParts, video.Quantizer.Parts), ("code_width", model.CodeWidth, model.CodeWidth == 0 ? 0 : video.Quantizer.CodeWidth),
        }.Where(size => size.Item2 != size.Item3).Select(size => $"{size.Item1} is {size.Item2}; the video tokenizer needs {size.Item3}");
    }
}
