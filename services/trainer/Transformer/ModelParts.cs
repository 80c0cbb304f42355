using Phenaki.Trainer.Training;

namespace Phenaki.Trainer.Transformer;

/// <summary>Folders of the parts of a model, beside each other in its folder.</summary>
/// <param name="Folder">The model's folder.</param>
internal sealed record ModelParts(string Folder)
{
    /// <summary>The text encoder's folder.</summary>
    public string TextEncoder => Path.Combine(Folder, "text-encoder");

    /// <summary>The video tokenizer's folder.</summary>
    public string VideoTokenizer => Path.Combine(Folder, "video-tokenizer");

    /// <summary>The masked transformer's folder.</summary>
    public string MaskedTransformer => Path.Combine(Folder, "masked-transformer");

    /// <summary>The fingerprints of what makes tokens from text: what stands in a checkpoint for the folder's name, as folders are moved and overwritten.</summary>
    public string Fingerprints() => $"{GivenModel.Fingerprint(TextEncoder)} {GivenModel.Fingerprint(MaskedTransformer)}";
}
