using System.Globalization;
using Phenaki.Models.Folders;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Transformer;

/// <summary>Writes the text encoder and the masked transformer of a training.</summary>
/// <param name="config">Settings of the training.</param>
/// <param name="data">What it learns from, as a sentence for the cards.</param>
/// <param name="vocabulary">Words of the text encoder.</param>
/// <param name="parts">Folders; that of the video tokenizer is there.</param>
internal sealed class ModelWriter(TransformerTrainingConfig config, string data, CaptionVocabulary vocabulary, ModelParts parts)
{
    /// <summary>Writes both folders; the transformer names the fingerprints of the parts it was trained with.</summary>
    public void Write(TransformerTrainer trainer, long steps, ScalarType storage = ScalarType.BFloat16)
    {
        ModelFolder.Write(parts.TextEncoder, config.TextEncoder, trainer.Text, TextCard(steps), storage, vocabulary.Files);
        var model = config.Model with
        {
            TextEncoderFingerprint = GivenModel.Fingerprint(parts.TextEncoder),
            VideoTokenizerFingerprint = GivenModel.Fingerprint(parts.VideoTokenizer),
        };
        ModelFolder.Write(parts.MaskedTransformer, model, trainer.Network, TransformerCard(steps), storage);
    }

    private string TextCard(long steps) => string.Create(CultureInfo.InvariantCulture, $"""
        # {config.Model.Name}: text encoder

        A T5 v1.1 encoder (arXiv 1910.10683; 2002.05202) of {config.TextEncoder.NumLayers} layers and width {config.TextEncoder.DModel} in the layout of Hugging Face, with a
        vocabulary of whole words: a word that was in no caption is reported as unknown. It was trained together with the masked
        transformer beside it for {steps} steps, on the captions of its data, and knows nothing else. Data: {data}.

        """);

    private string TransformerCard(long steps)
    {
        var (clips, stills) = config.DrawnBefore(steps);
        return string.Create(CultureInfo.InvariantCulture, $"""
            # {config.Model.Name}: masked transformer

            A MaskGIT (arXiv 2202.04200) over the tokens of the video tokenizer beside it: width {config.Model.Width}, {config.Model.Layers} layers, {config.Model.Heads} heads.

            Data: {data}.
            Training: {steps} steps, {stills} stills and {clips} clips; text dropped for {config.TextDrop:P0} of them.

            """);
    }
}
