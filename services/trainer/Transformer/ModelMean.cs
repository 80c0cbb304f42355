using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Transformer;

/// <summary>
/// The mean of the weights of models that began with the same (model soups, arXiv 2203.05482): often better than each of them on what none has seen, at no cost when
/// serving.
/// </summary>
internal static class ModelMean
{
    private static readonly string[] Free = ["name", "version", "revisions", "still_revisions", "default_sampling", "text_encoder_fingerprint"];

    /// <summary>Writes text encoder and masked transformer, in bfloat16; names, sampling settings and vocabulary are those of the last model.</summary>
    /// <param name="models">Two or more models of the same sizes and words, on the codes of the same video tokenizer.</param>
    /// <param name="output">Where to write.</param>
    /// <exception cref="InvalidOperationException">The models differ in more than weights; the message says in what.</exception>
    /// <exception cref="ModelFormatException">A folder is missing, damaged, or holds another kind of model.</exception>
    public static void Write(IReadOnlyList<ModelParts> models, ModelParts output)
    {
        var last = models[^1];
        foreach (var model in models)
        {
            GivenModel.RefuseOwn(model.Folder, output.Folder);
            GivenModel.ThrowIfDifferent(model.Folder, [
                .. ConfigFile.Differences("masked_transformer", Masked(last), Masked(model), model.MaskedTransformer, Free),
                .. ConfigFile.Differences("text_encoder", Text(last), Text(model), model.TextEncoder, Free)]);
            if (!Words(model).SequenceEqual(Words(last)))
            {
                throw new InvalidOperationException($"{model.TextEncoder} has other words than {last.TextEncoder}: rows of different words have no mean.");
            }
        }

        string card = $"The mean of the weights of {models.Count} models (arXiv 2203.05482).\n";
        var files = new Dictionary<string, byte[]> { [ModelFolder.SentencePieceFileName] = Words(last) };
        if (Read(last.TextEncoder, folder => folder.ReadTokenizerFile(ModelFolder.TokenizerConfigFileName)) is { } tokenizer)
        {
            files[ModelFolder.TokenizerConfigFileName] = tokenizer;
        }

        Write(models.Select(model => model.TextEncoder), output.TextEncoder, Text(last), $"# Text encoder\n\n{card}", files);
        var config = Masked(last) with { TextEncoderFingerprint = GivenModel.Fingerprint(output.TextEncoder) };
        Write(models.Select(model => model.MaskedTransformer), output.MaskedTransformer, config, $"# Masked transformer\n\n{card}", null);
    }

    private static MaskedTransformerConfig Masked(ModelParts model) =>
        Read(model.MaskedTransformer, folder => folder.ReadConfig<MaskedTransformerConfig>(), MaskedTransformerConfig.Type);

    private static T5Config Text(ModelParts model) => Read(model.TextEncoder, folder => folder.ReadConfig<T5Config>(allowUnknownKeys: true), T5Config.Type);

    private static byte[] Words(ModelParts model) => Read(model.TextEncoder, folder => folder.ReadTokenizerFile(ModelFolder.SentencePieceFileName)) ?? [];

    private static T Read<T>(string path, Func<ModelFolder, T> read, string? type = null)
    {
        using var folder = ModelFolder.Open(path, type);
        return read(folder);
    }

    private static void Write(IEnumerable<string> from, string output, object config, string card, IReadOnlyDictionary<string, byte[]>? files)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> sums = new(StringComparer.Ordinal);
        int count = 0;
        foreach (string path in from)
        {
            using var folder = ModelFolder.Open(path);
            count++;
            foreach (var (name, file) in folder.Weights.Tensors)
            {
                var tensor = file.ReadTensor(name).to_type(ScalarType.Float32);
                sums[name] = count == 1 ? tensor : sums.TryGetValue(name, out var sum) && sum.shape.SequenceEqual(tensor.shape)
                    ? sum.Plus(tensor)
                    : throw new ModelFormatException(path, name, "is not in the models before, or has another shape there");
            }
        }

        ModelFolder.Write(output, config, sums.Select(entry => (entry.Key, entry.Value / Number.Of((float)count))), card, ScalarType.BFloat16, files);
    }
}
