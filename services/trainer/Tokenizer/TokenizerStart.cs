using Phenaki.Models.Folders;
using Phenaki.Models.Video;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>Begins the training of a tokenizer with the weights of another.</summary>
internal static class TokenizerStart
{
    private static readonly string[] Free = ["name", "version", "frames_per_second", "max_latent_frames"];

    /// <summary>
    /// Fills a network from a model folder. <see cref="VideoTokenizerConfig.PixelMlp"/> and <see cref="VideoTokenizerConfig.ExtraDecoderLayers"/> may be larger than the
    /// given model's: what it has not begins without effect.
    /// </summary>
    /// <param name="network">The network to fill.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="folder">Folder of a video tokenizer of the same sizes.</param>
    /// <param name="device">Where the network is.</param>
    /// <exception cref="InvalidOperationException">Sizes differ; the message names the fields.</exception>
    /// <exception cref="ModelFormatException">The folder is missing, damaged, or holds another kind of model.</exception>
    public static void Load(VideoTokenizerNetwork network, VideoTokenizerConfig config, string folder, Device device)
    {
        using var files = ModelFolder.Open(folder, VideoTokenizerConfig.Type);
        var had = files.ReadConfig<VideoTokenizerConfig>();
        var common = config with { PixelMlp = Math.Min(had.PixelMlp, config.PixelMlp), ExtraDecoderLayers = Math.Min(had.ExtraDecoderLayers, config.ExtraDecoderLayers) };
        GivenModel.ThrowIfDifferent(folder, ConfigFile.Differences("model", common, had, folder, Free));
        using var given = new VideoTokenizerNetwork(had, device);
        files.LoadWeights(given, device);
        GivenModel.Copy(given, network);
    }
}
