using System.Globalization;
using Phenaki.Models.Folders;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Transformer;

/// <summary>Writes the text encoder and the masked transformer of a training.</summary>
internal sealed class ModelWriter(TransformerTrainingConfig config, CaptionVocabulary vocabulary, ModelParts parts)
{
    /// <summary>Writes both folders; the transformer names the fingerprints of the parts it was trained with.</summary>
    public void Write(TransformerTrainer trainer, long steps)
    {
        ModelFolder.Write(parts.TextEncoder, config.TextEncoder, trainer.Text, TextCard(steps), ScalarType.BFloat16, vocabulary.Files);
        var model = config.Model with
        {
            TextEncoderFingerprint = Fingerprint(parts.TextEncoder),
            VideoTokenizerFingerprint = Fingerprint(parts.VideoTokenizer),
        };
        ModelFolder.Write(parts.MaskedTransformer, model, trainer.Network, TransformerCard(steps), ScalarType.BFloat16);
    }

    private static string Fingerprint(string folder)
    {
        using var files = ModelFolder.Open(folder);
        return files.Fingerprint;
    }

    private string TextCard(long steps) => string.Create(CultureInfo.InvariantCulture, $"""
        # {config.Model.Name}: text encoder

        A T5 v1.1 encoder (arXiv 1910.10683; 2002.05202) of {config.TextEncoder.NumLayers} layers and width {config.TextEncoder.DModel} in the layout of Hugging Face, with a
        vocabulary of whole words: a word that was in no caption is reported as unknown. It was trained together with the masked
        transformer beside it for {steps} steps, on the captions of StoryWorld, and knows nothing else.

        """);

    private string TransformerCard(long steps) => string.Create(CultureInfo.InvariantCulture, $"""
        # {config.Model.Name}: masked transformer

        A MaskGIT (arXiv 2202.04200) over the tokens of the video tokenizer beside it: width {config.Model.Width}, {config.Model.Layers} layers, {config.Model.Heads} heads.

        Data: StoryWorld, drawn by the trainer (seed {config.Seed}); 12 % of the combinations of subject, place and action were held out.
        Training: {steps} steps, {Samples(steps, phase => phase.Stills)} stills and {Samples(steps, phase => phase.Clips)} clips; text dropped for {config.TextDrop:P0} of them.

        """);

    private long Samples(long steps, Func<TrainingPhase, int> count)
    {
        long all = 0;
        for (long step = 0; step < steps; step++)
        {
            all += count(config.PhaseAt(step));
        }

        return all;
    }
}
