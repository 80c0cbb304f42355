using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Clients;

/// <summary>What the masked transformer serves.</summary>
/// <param name="Model">The model.</param>
/// <param name="CodebookSize">Number of codes.</param>
/// <param name="Rows">Token rows of a latent frame.</param>
/// <param name="Columns">Token columns of a latent frame.</param>
/// <param name="MaxLatentFrames">Most latent frames of a clip.</param>
/// <param name="TextWidth">Width of an embedding row.</param>
/// <param name="MaxTextTokens">Most rows of an embedding.</param>
/// <param name="DefaultSampling">Settings for what a request leaves open.</param>
/// <param name="TextEncoderFingerprint">Text encoder that the model was trained with; empty when any of the right width will do.</param>
/// <param name="VideoTokenizerFingerprint">Video tokenizer that the model was trained with; empty when any of the right codebook will do.</param>
internal sealed record MaskedTransformerCard(
    ModelCard Model,
    int CodebookSize,
    int Rows,
    int Columns,
    int MaxLatentFrames,
    int TextWidth,
    int MaxTextTokens,
    ClipSampling DefaultSampling,
    string TextEncoderFingerprint,
    string VideoTokenizerFingerprint);
