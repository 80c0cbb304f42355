using Phenaki.Geometry;

namespace Phenaki.Orchestrator.Clients;

/// <summary>Whether three models fit each other. One that does not would surface as noise, or as an index error deep in the sampling.</summary>
internal static class ModelCompatibility
{
    /// <summary>Compares the models.</summary>
    /// <param name="text">The text encoder.</param>
    /// <param name="video">The video tokenizer.</param>
    /// <param name="masked">The masked transformer.</param>
    /// <param name="clipFrames">Most frames of a clip that the configuration asks for.</param>
    /// <param name="prefixFrames">K that the configuration asks for.</param>
    /// <exception cref="ModelMismatchException">Something does not fit; the message names both values.</exception>
    public static ModelSet Check(
        TextEncoderCard text, VideoTokenizerCard video, MaskedTransformerCard masked, int clipFrames, int prefixFrames)
    {
        List<string> problems = [];
        Compare(problems, "codebook size", masked.CodebookSize, video.CodebookSize);
        Compare(problems, "rows of tokens", masked.Rows, video.Rows);
        Compare(problems, "columns of tokens", masked.Columns, video.Columns);
        if (masked.TextWidth != text.Width)
        {
            problems.Add($"The masked transformer takes embeddings of width {masked.TextWidth}, the text encoder makes {text.Width}.");
        }

        Trained(problems, "text encoder", masked.TextEncoderFingerprint, text.Model.Fingerprint);
        Trained(problems, "video tokenizer", masked.VideoTokenizerFingerprint, video.Model.Fingerprint);
        AtLeastOne(problems, "text encoder", "width", text.Width);
        AtLeastOne(problems, "text encoder", "most tokens of a prompt", text.MaxTokens);
        AtLeastOne(problems, "masked transformer", "most tokens of a prompt", masked.MaxTextTokens);
        AtLeastOne(problems, "masked transformer", "most latent frames", masked.MaxLatentFrames);
        AtLeastOne(problems, "video tokenizer", "most latent frames", video.MaxLatentFrames);
        var geometry = Geometry(problems, video);
        if (geometry is null)
        {
            throw new ModelMismatchException(problems);
        }

        var clipLatentFrames = Math.Min(
            geometry.LatentFrames(geometry.LargestWholeClip(clipFrames)), Math.Min(masked.MaxLatentFrames, video.MaxLatentFrames));
        if (!geometry.IsWholeClip(prefixFrames))
        {
            problems.Add($"PrefixFrames is {prefixFrames}, which is not 1 + n * {video.TemporalPatch}, the temporal patch of the video tokenizer.");
        }
        else if (geometry.LatentFrames(prefixFrames) >= clipLatentFrames)
        {
            problems.Add(
                $"PrefixFrames is {prefixFrames}, or {geometry.LatentFrames(prefixFrames)} latent frames, which leaves no room in a clip of {clipLatentFrames}.");
        }

        return problems.Count > 0
            ? throw new ModelMismatchException(problems)
            : new()
            {
                TextEncoder = text,
                VideoTokenizer = video,
                MaskedTransformer = masked,
                Geometry = geometry,
                ClipLatentFrames = clipLatentFrames,
                PrefixFrames = prefixFrames,
            };
    }

    private static void Compare(List<string> problems, string what, int masked, int video)
    {
        if (masked != video)
        {
            problems.Add($"The {what} of the masked transformer is {masked}, of the video tokenizer {video}.");
        }
    }

    private static void AtLeastOne(List<string> problems, string service, string what, int value)
    {
        if (value < 1)
        {
            problems.Add($"The {service} reports {value} as its {what}; it must be at least 1.");
        }
    }

    private static void Trained(List<string> problems, string service, string expected, string actual)
    {
        if (expected.Length > 0 && expected != actual)
        {
            problems.Add($"The masked transformer was trained with the {service} {expected}, the one that is served is {actual}.");
        }
    }

    private static VideoGeometry? Geometry(List<string> problems, VideoTokenizerCard video)
    {
        if (video is { Height: > 0, Width: > 0, Rows: > 0, Columns: > 0, TemporalPatch: > 0 }
            && video.Height % video.Rows == 0 && video.Width % video.Columns == 0)
        {
            return new(video.Height, video.Width, video.Height / video.Rows, video.Width / video.Columns, video.TemporalPatch);
        }

        problems.Add(
            $"The video tokenizer reports frames of {video.Height}x{video.Width} pixels in {video.Rows}x{video.Columns} tokens and a temporal patch of {video.TemporalPatch}.");
        return null;
    }
}
