using System.Text;
using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using static TorchSharp.torch;

namespace Phenaki.Testing.Mesh;

/// <summary>A model with random weights, with the clips of the one that ships (11 frames, K = 5), so small that a story takes seconds.</summary>
public static class StoryModel
{
    /// <summary>Height and width of a frame in pixels.</summary>
    public const int Side = 16;

    /// <summary>Frames of a clip.</summary>
    public const int ClipFrames = 11;

    /// <summary>Frames that a further clip adds: a clip less its prefix of 5.</summary>
    public const int NewFrames = 6;

    /// <summary>Steps of a clip where a request sets none.</summary>
    public const int Steps = 3;

    /// <summary>Token rows and columns of a latent frame.</summary>
    public const int Grid = 2;

    /// <summary>Number of codes.</summary>
    public const int CodebookSize = 64;

    private const int Width = 16;

    /// <summary>Words that the text encoder knows.</summary>
    public static IReadOnlyList<string> Words { get; } =
        ["a", "the", "teddy", "bear", "panda", "is", "swimming", "in", "ocean", "goes", "under", "water", "dances", "walks", "on", "mars", "red", "blue"];

    /// <summary>Writes the three parts into a folder.</summary>
    /// <param name="folder">Gets text-encoder, video-tokenizer and masked-transformer.</param>
    /// <param name="seed">Other seeds give other weights.</param>
    public static void Write(string folder, long seed = 1)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        manual_seed(seed);
        WriteTextEncoder(Path.Combine(folder, "text-encoder"), seed);
        WriteVideoTokenizer(Path.Combine(folder, "video-tokenizer"));
        WriteMaskedTransformer(Path.Combine(folder, "masked-transformer"));
    }

    private static void WriteTextEncoder(string folder, long seed)
    {
        byte[] tokenizerConfig = Encoding.UTF8.GetBytes("""{ "do_lower_case": true }""");
        byte[] pieces = SentencePieceModelWriter.Create(Words, [".", ","]);
        var config = new T5Config
        {
            Name = "tiny",
            VocabSize = SentencePieceTokenizer.Create(ModelFolder.SentencePieceFileName, pieces, tokenizerConfig).VocabularySize,
            DModel = Width,
            DKv = 8,
            DFf = 32,
            NumLayers = 1,
            NumHeads = 2,
            NPositions = 32,
        };
        using var generator = new Generator((ulong)seed);
        using var network = new T5Encoder(config, generator);
        var files = new Dictionary<string, byte[]> { [ModelFolder.SentencePieceFileName] = pieces, [ModelFolder.TokenizerConfigFileName] = tokenizerConfig };
        ModelFolder.Write(folder, config, network, "Random weights.", ScalarType.Float32, files);
    }

    private static void WriteVideoTokenizer(string folder)
    {
        var config = new VideoTokenizerConfig
        {
            Name = "tiny",
            FrameHeight = Side,
            FrameWidth = Side,
            PatchHeight = Side / Grid,
            PatchWidth = Side / Grid,
            TemporalPatch = 2,
            TemporalWindow = 6,
            Width = Width,
            Heads = 2,
            Mlp = 32,
            SpatialLayers = 1,
            TemporalLayers = 1,
            Quantizer = new() { Type = "vq", CodebookSize = CodebookSize, CodeWidth = 8 },
        };
        using var network = new VideoTokenizerNetwork(config, CPU);
        ModelFolder.Write(folder, config, network, "Random weights.", ScalarType.Float32);
    }

    private static void WriteMaskedTransformer(string folder)
    {
        var config = new MaskedTransformerConfig
        {
            Name = "tiny",
            CodebookSize = CodebookSize,
            Rows = Grid,
            Columns = Grid,
            MaxLatentFrames = 6,
            Width = Width,
            Layers = 1,
            Heads = 2,
            Mlp = 32,
            TextWidth = Width,
            MaxTextTokens = 32,
            DefaultSampling = new() { Steps = Steps },
        };
        using var network = new MaskedTransformerNetwork(config, CPU);
        ModelFolder.Write(folder, config, network, "Random weights.", ScalarType.Float32);
    }
}
