namespace Phenaki.Models.Masked;

/// <summary>A part of a clip's decoding: all of the first latent frames that is not known yet is drafted, then revised.</summary>
/// <param name="LatentFrames">Latent frames from the clip's start that are looked at, the others do not exist yet; at least 1.</param>
/// <param name="Draft">Steps of the draft, at least 1.</param>
/// <param name="Revisions">Steps after those of the draft (<see cref="MaskedTransformerConfig.Revisions"/>).</param>
public readonly record struct DecodingStage(int LatentFrames, int Draft, int Revisions)
{
    /// <summary>Steps in all.</summary>
    public int Steps => Draft + Revisions;
}
