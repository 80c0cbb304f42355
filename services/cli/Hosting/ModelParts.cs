using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using Phenaki.ServiceDefaults.Startup;

namespace Phenaki.Cli.Hosting;

/// <summary>The folders of the three parts of a model.</summary>
/// <param name="TextEncoder">A T5 encoder.</param>
/// <param name="VideoTokenizer">A C-ViViT.</param>
/// <param name="MaskedTransformer">A MaskGIT.</param>
internal sealed record ModelParts(string TextEncoder, string VideoTokenizer, string MaskedTransformer)
{
    /// <summary>Name of the part that reads prompts.</summary>
    public const string TextEncoderName = "text-encoder";

    /// <summary>Name of the part between frames and tokens.</summary>
    public const string VideoTokenizerName = "video-tokenizer";

    /// <summary>Name of the part that samples.</summary>
    public const string MaskedTransformerName = "masked-transformer";

    /// <summary>Each part with its name.</summary>
    public IReadOnlyList<(string Name, string Folder)> All =>
        [(TextEncoderName, TextEncoder), (VideoTokenizerName, VideoTokenizer), (MaskedTransformerName, MaskedTransformer)];

    /// <summary>Finds the parts.</summary>
    /// <param name="model">Folder that holds them; null for the model that ships.</param>
    /// <exception cref="CliException">There is no such folder, or a part is missing in it.</exception>
    /// <exception cref="StartupException">The model that ships is not there.</exception>
    public static ModelParts Find(string? model) =>
        new(Part(model, TextEncoderName), Part(model, VideoTokenizerName), Part(model, MaskedTransformerName));

    /// <summary>Finds one part.</summary>
    /// <inheritdoc cref="Find"/>
    public static string Part(string? model, string name)
    {
        if (model is null)
        {
            return ModelFolderPath.Resolve(null, name, "--model");
        }

        if (!Directory.Exists(model))
        {
            throw CliException.Usage($"--model: there is no folder '{model}'; leave the option out for the model that ships.");
        }

        var folder = Path.Combine(model, name);
        return Directory.Exists(folder)
            ? folder
            : throw CliException.Usage(
                $"--model: '{model}' holds no folder '{name}'; a model has the folders {TextEncoderName}, {VideoTokenizerName} and {MaskedTransformerName}.");
    }

    /// <summary>Opens every part, which reads no weights but finds what is missing or of the wrong kind, before anything slow begins.</summary>
    /// <returns>Height and width of a frame in pixels.</returns>
    /// <exception cref="ModelFormatException">A file is missing or damaged.</exception>
    public (int Height, int Width) Check()
    {
        using var text = ModelFolder.Open(TextEncoder, T5Config.Type);
        using var masked = ModelFolder.Open(MaskedTransformer, MaskedTransformerConfig.Type);
        using var video = ModelFolder.Open(VideoTokenizer, VideoTokenizerConfig.Type);
        var config = video.ReadConfig<VideoTokenizerConfig>();
        return (config.FrameHeight, config.FrameWidth);
    }
}
