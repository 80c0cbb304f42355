using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using TorchSharp;

namespace Phenaki.Testing.Models;

/// <summary>Real models with random weights that fit each other and load in milliseconds: 16x16 pixels, patches of 8x8, 64 codes.</summary>
public static class TinyModels
{
    /// <summary>Width of the text rows that the masked transformer takes.</summary>
    public const int TextWidth = 8;

    /// <summary>Sizes of the tokenizer: 2x2 tokens a latent frame, temporal patch 2.</summary>
    public static VideoTokenizerConfig VideoTokenizer { get; } = new()
    {
        Name = "tiny-tokenizer",
        Version = "1",
        FrameHeight = 16,
        FrameWidth = 16,
        PatchHeight = 8,
        PatchWidth = 8,
        TemporalPatch = 2,
        TemporalWindow = 4,
        MaxLatentFrames = 8,
        Width = 16,
        Heads = 2,
        Mlp = 32,
        SpatialLayers = 1,
        TemporalLayers = 1,
        Quantizer = new() { Type = "fsq", CodebookSize = 64, CodeWidth = 2, Levels = [8, 8] },
    };

    /// <summary>Sizes of the masked transformer: up to 4 latent frames of the tokenizer's.</summary>
    public static MaskedTransformerConfig MaskedTransformer { get; } = new()
    {
        Name = "tiny-transformer",
        Version = "1",
        CodebookSize = 64,
        Rows = 2,
        Columns = 2,
        MaxLatentFrames = 4,
        Width = 16,
        Layers = 1,
        Heads = 2,
        Mlp = 32,
        TextWidth = TextWidth,
        MaxTextTokens = 32,
        DefaultSampling = new() { Steps = 4 },
    };

    /// <summary>Sizes of the text encoder: a T5 of one block over the words of <see cref="Words"/>.</summary>
    public static T5Config TextEncoder { get; } = new()
    {
        Name = "tiny-encoder",
        Version = "1",
        VocabSize = 32,
        DModel = TextWidth,
        DKv = 4,
        DFf = 16,
        NumLayers = 1,
        NumHeads = 2,
        NPositions = 32,
    };

    /// <summary>Words that the text encoder knows; others are unknown.</summary>
    public static IReadOnlyList<string> Words { get; } = ["a", "the", "teddy", "bear", "panda", "is", "swimming", "in", "ocean", "under", "water"];

    /// <summary>Writes a text encoder.</summary>
    /// <returns>The folder.</returns>
    public static string WriteTextEncoder(string folder)
    {
        TorchRuntime.EnsureLoaded();
        using var random = new torch.Generator(1, torch.CPU);
        using var network = new T5Encoder(TextEncoder, random);
        ModelFolder.Write(
            folder,
            TextEncoder,
            network,
            "# Tiny text encoder for tests\n",
            torch.ScalarType.Float32,
            new Dictionary<string, byte[]> { [ModelFolder.SentencePieceFileName] = SentencePieceModelWriter.Create(Words, [".", ","]) });
        return folder;
    }

    /// <summary>Writes a tokenizer.</summary>
    /// <returns>The folder.</returns>
    public static string WriteVideoTokenizer(string folder)
    {
        TorchRuntime.EnsureLoaded();
        using var network = new VideoTokenizerNetwork(VideoTokenizer, torch.CPU);
        ModelFolder.Write(folder, VideoTokenizer, network, "# Tiny tokenizer for tests\n", torch.ScalarType.Float32);
        return folder;
    }

    /// <summary>Writes a masked transformer.</summary>
    /// <returns>The folder.</returns>
    public static string WriteMaskedTransformer(string folder)
    {
        TorchRuntime.EnsureLoaded();
        using var network = new MaskedTransformerNetwork(MaskedTransformer, torch.CPU);
        ModelFolder.Write(folder, MaskedTransformer, network, "# Tiny masked transformer for tests\n", torch.ScalarType.Float32);
        return folder;
    }
}
