namespace Phenaki.Orchestrator.Clients;

/// <summary>What the video tokenizer serves.</summary>
/// <param name="Model">The model.</param>
/// <param name="Height">Frame height in pixels.</param>
/// <param name="Width">Frame width in pixels.</param>
/// <param name="Rows">Token rows of a latent frame.</param>
/// <param name="Columns">Token columns of a latent frame.</param>
/// <param name="TemporalPatch">Frames in a latent frame after the first.</param>
/// <param name="CodebookSize">Number of codes.</param>
/// <param name="MaxLatentFrames">Most latent frames of a call.</param>
/// <param name="FramesPerSecond">Frames per second that the model was trained at.</param>
internal sealed record VideoTokenizerCard(
    ModelCard Model,
    int Height,
    int Width,
    int Rows,
    int Columns,
    int TemporalPatch,
    int CodebookSize,
    int MaxLatentFrames,
    double FramesPerSecond);
