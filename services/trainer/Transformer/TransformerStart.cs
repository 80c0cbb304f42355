using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Transformer;

/// <summary>Begins the training of a masked transformer and its text encoder with those of another model.</summary>
internal static class TransformerStart
{
    private const string WordTable = "shared.weight";
    private const string CodeTable = "codebook";

    private static readonly string[] FreeOfNetwork =
        ["name", "version", "max_text_tokens", "still_first", "revisions", "still_revisions", "default_sampling", "text_encoder_fingerprint", "video_tokenizer_fingerprint"];

    private static readonly string[] FreeOfText = ["name", "version", "architectures", "vocab_size", "n_positions", "dropout_rate"];

    /// <summary>The vocabulary of the given model with the words that it lacks.</summary>
    /// <param name="from">Folders of the given model.</param>
    /// <param name="own">The vocabulary of the captions.</param>
    /// <exception cref="ModelFormatException">The given text encoder has no vocabulary of whole words.</exception>
    public static CaptionVocabulary Widen(ModelParts from, CaptionVocabulary own) => Given(from).With(own);

    /// <summary>Fills both networks. Words that the given model lacks keep their random rows, and the codes stay those that the network has.</summary>
    /// <param name="trainer">The networks to fill; their codes must be set.</param>
    /// <param name="config">Their sizes.</param>
    /// <param name="vocabulary">From <see cref="Widen"/>.</param>
    /// <param name="from">Folders of the given model.</param>
    /// <param name="device">Where the networks are.</param>
    /// <exception cref="InvalidOperationException">Sizes differ; the message names the fields.</exception>
    /// <exception cref="ModelFormatException">A folder is missing, damaged, or holds another kind of model.</exception>
    public static void Load(TransformerTrainer trainer, TransformerTrainingConfig config, CaptionVocabulary vocabulary, ModelParts from, Device device)
    {
        using var _ = no_grad();
        using var maskedFiles = ModelFolder.Open(from.MaskedTransformer, MaskedTransformerConfig.Type);
        using var textFiles = ModelFolder.Open(from.TextEncoder, T5Config.Type);
        var text = textFiles.ReadConfig<T5Config>(allowUnknownKeys: true);
        GivenModel.ThrowIfDifferent(from.Folder, [
            .. ConfigFile.Differences("model", config.Model, maskedFiles.ReadConfig<MaskedTransformerConfig>(), from.MaskedTransformer, FreeOfNetwork),
            .. ConfigFile.Differences("text_encoder", config.TextEncoder, text, from.TextEncoder, FreeOfText)]);
        using var given = new MaskedTransformerNetwork(config.Model, device);
        maskedFiles.LoadWeights(given, device);
        GivenModel.Copy(given, trainer.Network, except: CodeTable);
        using var encoder = new T5Encoder(text, device: device);
        textFiles.LoadWeights(encoder, device);
        GivenModel.Copy(encoder, trainer.Text, except: WordTable);
        CopyWords(Given(from).Pieces, vocabulary.Pieces, encoder.state_dict()[WordTable], trainer.Text.state_dict()[WordTable]);
    }

    private static CaptionVocabulary Given(ModelParts from)
    {
        using var files = ModelFolder.Open(from.TextEncoder, T5Config.Type);
        return CaptionVocabulary.Read(
            Path.Combine(from.TextEncoder, ModelFolder.SentencePieceFileName),
            files.ReadTokenizerFile(ModelFolder.SentencePieceFileName)
                ?? throw new ModelFormatException(from.TextEncoder, null, $"{ModelFolder.SentencePieceFileName} is missing"));
    }

    private static void CopyWords(IReadOnlyList<string> had, IReadOnlyList<string> has, Tensor source, Tensor target)
    {
        var rows = had.Index().ToDictionary(piece => piece.Item, piece => (long)piece.Index, StringComparer.Ordinal);
        var known = has.Index().Where(piece => rows.ContainsKey(piece.Item)).ToArray();
        using var scope = NewDisposeScope();
        var to = tensor(known.Select(piece => (long)piece.Index).ToArray(), device: target.device);
        var at = tensor(known.Select(piece => rows[piece.Item]).ToArray(), device: source.device);
        target.index_copy_(0, to, source.index_select(0, at));
    }
}
