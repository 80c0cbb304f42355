using Phenaki.Models.Folders;
using TorchSharp;

namespace Phenaki.Models.Text;

/// <summary>
/// A T5 encoder with its tokenizer, loaded from a folder in the layout of Hugging Face (config.json, model.safetensors or shards,
/// spiece.model, optionally tokenizer_config.json), for inference. Calls of <see cref="Encode"/> may overlap; they run one by one.
/// </summary>
public sealed class TextEncoderModel : IDisposable
{
    private const string EmbeddingAlias = "encoder.embed_tokens.weight";
    private const string EmbeddingName = "shared.weight";

    private readonly Lock _running = new();
    private readonly T5Encoder _encoder;
    private readonly SentencePieceTokenizer _tokenizer;
    private readonly torch.Device _device;
    private torch.Tensor? _positionBias;

    private TextEncoderModel(T5Config config, ModelIdentity identity, T5Encoder encoder, SentencePieceTokenizer tokenizer, torch.Device device)
    {
        Config = config;
        Identity = identity;
        _encoder = encoder;
        _tokenizer = tokenizer;
        _device = device;
    }

    /// <summary>Sizes and settings.</summary>
    public T5Config Config { get; }

    /// <summary>Name, version, fingerprint and number of parameters (of the encoder alone, where the folder holds a decoder too).</summary>
    public ModelIdentity Identity { get; }

    /// <summary>Numbers in a token's embedding.</summary>
    public int Width => Config.DModel;

    /// <summary>Most tokens of a text, end-of-sentence included.</summary>
    public int MaxTokens => Config.NPositions;

    /// <summary>Loads a folder. A decoder's and a language model head's tensors are left alone, so full T5 checkpoints load.</summary>
    /// <exception cref="ModelFormatException">A file is missing or damaged, or the parts do not fit each other.</exception>
    public static TextEncoderModel Load(string folder, ComputeDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        TorchRuntime.EnsureLoaded();
        using var files = ModelFolder.Open(folder, T5Config.Type);
        var config = ReadConfig(files);
        var tokenizer = ReadTokenizer(files, config);
        using (var shapes = new T5Encoder(config, device: torch.device(DeviceType.META)))
        {
            files.CheckWeights(shapes, ModuleName);
        }

        var encoder = new T5Encoder(config);
        try
        {
            files.LoadWeights(encoder, device.Torch, ModuleName);
            encoder.eval();
            return new TextEncoderModel(config, files.Identify(encoder), encoder, tokenizer, device.Torch);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Embeds texts. Each runs by itself, so its numbers do not depend on its neighbours. Texts are normalised only by the tokenizer
    /// (see <see cref="SentencePieceTokenizer"/>): two texts with the same token ids have the same embedding.
    /// </summary>
    /// <param name="texts">Any texts, also empty ones: an empty text is its end-of-sentence alone.</param>
    /// <param name="maxTokens">Most tokens of each, 1 to <see cref="MaxTokens"/>; of a longer text the first tokens remain, and end-of-sentence.</param>
    /// <returns>One embedding for each text, in their order.</returns>
    public IReadOnlyList<PromptEmbedding> Encode(IReadOnlyList<string> texts, int maxTokens)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxTokens, MaxTokens);
        return [.. texts.Select(text => EncodeOne(text, maxTokens))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_running)
        {
            _positionBias?.Dispose();
            _encoder.Dispose();
        }
    }

    private static T5Config ReadConfig(ModelFolder files)
    {
        var config = files.ReadConfig<T5Config>(allowUnknownKeys: true);
        return config.Violations() is { Count: > 0 } violations
            ? throw new ModelFormatException(Path.Combine(files.Path, ModelFolder.ConfigFileName), null, string.Join("; ", violations))
            : config;
    }

    private static SentencePieceTokenizer ReadTokenizer(ModelFolder files, T5Config config)
    {
        var path = Path.Combine(files.Path, ModelFolder.SentencePieceFileName);
        var model = files.ReadTokenizerFile(ModelFolder.SentencePieceFileName)
            ?? throw new ModelFormatException(path, null, "is missing; the tokenizer is read from a SentencePiece model, not from tokenizer.json");
        var tokenizer = SentencePieceTokenizer.Create(path, model, files.ReadTokenizerFile(ModelFolder.TokenizerConfigFileName));
        return tokenizer.VocabularySize <= config.VocabSize
            ? tokenizer
            : throw new ModelFormatException(path, null, $"has {tokenizer.VocabularySize} pieces, but vocab_size in {ModelFolder.ConfigFileName} is {config.VocabSize}");
    }

    private static string? ModuleName(string name) => name switch
    {
        EmbeddingAlias => EmbeddingName,
        _ when name.StartsWith("decoder.", StringComparison.Ordinal) || name.StartsWith("lm_head.", StringComparison.Ordinal) => null,
        _ => name,
    };

    private PromptEmbedding EncodeOne(string text, int maxTokens)
    {
        var tokens = _tokenizer.Encode(text);
        var ids = tokens.Ids.Length <= maxTokens ? tokens.Ids : [.. tokens.Ids.AsSpan(0, maxTokens - 1), _tokenizer.EndOfSentenceId];
        lock (_running)
        {
            using var inference = torch.inference_mode();
            using var scope = torch.NewDisposeScope();
            var input = torch.tensor(Array.ConvertAll(ids, id => (long)id), [1, ids.Length], device: _device);
            var values = _encoder.Run(input, PositionBias(ids.Length)).cpu().contiguous().data<float>().ToArray();
            return new PromptEmbedding(ids, values, Width, tokens.UnknownWords, ids.Length < tokens.Ids.Length);
        }
    }

    // The weights no longer change, so neither do the biases: those of the longest text so far serve every shorter one.
    private torch.Tensor PositionBias(int length)
    {
        if (_positionBias is null || _positionBias.shape[^1] < length)
        {
            _positionBias?.Dispose();
            _positionBias = _encoder.PositionBias(length).DetachFromDisposeScope();
        }

        return _positionBias.narrow(2, 0, length).narrow(3, 0, length);
    }
}
