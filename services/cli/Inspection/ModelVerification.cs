using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;

namespace Phenaki.Cli.Inspection;

/// <summary>Loads models whole, which checks every name, shape and number of their weights, and whether the parts fit each other.</summary>
internal static class ModelVerification
{
    /// <summary>Checks folders.</summary>
    /// <exception cref="ModelFormatException">A file is missing or damaged, a number is not finite, a kind of model is unknown.</exception>
    /// <exception cref="CliException">The parts do not fit each other.</exception>
    public static void Run(IReadOnlyList<string> folders, ComputeDevice device)
    {
        TextEncoderModel? text = null;
        VideoTokenizerModel? video = null;
        MaskedTransformerModel? masked = null;
        try
        {
            foreach (var folder in folders)
            {
                switch (TypeOf(folder))
                {
                    case T5Config.Type:
                        text = TextEncoderModel.Load(folder, device);
                        break;
                    case VideoTokenizerConfig.Type:
                        video = VideoTokenizerModel.Load(folder, device);
                        break;
                    case MaskedTransformerConfig.Type:
                        masked = MaskedTransformerModel.Load(folder, device);
                        break;
                    case var unknown:
                        throw new ModelFormatException(
                            Path.Combine(folder, ModelFolder.ConfigFileName), null,
                            $"model_type is '{unknown}'; known are {T5Config.Type}, {VideoTokenizerConfig.Type} and {MaskedTransformerConfig.Type}");
                }
            }

            if (Misfits(text, video, masked).ToList() is { Count: > 0 } misfits)
            {
                throw CliException.Failure(misfits);
            }
        }
        finally
        {
            text?.Dispose();
            video?.Dispose();
            masked?.Dispose();
        }
    }

    private static string TypeOf(string folder)
    {
        using var files = ModelFolder.Open(folder);
        return files.ModelType;
    }

    private static IEnumerable<string> Misfits(TextEncoderModel? text, VideoTokenizerModel? video, MaskedTransformerModel? masked)
    {
        if (text is null || video is null || masked is null)
        {
            yield break;
        }

        foreach (var (what, given, wanted) in new (string, object, object)[]
        {
            ("the width of the text encoder", text.Width, masked.TextWidth),
            ("the codebook of the video tokenizer", video.CodebookSize, masked.CodebookSize),
            ("the token rows of the video tokenizer", video.Geometry.Rows, masked.Rows),
            ("the token columns of the video tokenizer", video.Geometry.Columns, masked.Columns),
            ("the fingerprint of the text encoder", text.Identity.Fingerprint, Else(masked.TextEncoderFingerprint, text.Identity.Fingerprint)),
            ("the fingerprint of the video tokenizer", video.Identity.Fingerprint, Else(masked.VideoTokenizerFingerprint, video.Identity.Fingerprint)),
        })
        {
            if (!given.Equals(wanted))
            {
                yield return $"The parts do not fit each other: {what} is {given}; the masked transformer was trained with {wanted}.";
            }
        }
    }

    private static string Else(string fingerprint, string any) => fingerprint.Length > 0 ? fingerprint : any;
}
