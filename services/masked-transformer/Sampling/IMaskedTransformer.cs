using Phenaki.Models;
using Phenaki.Models.Masked;

namespace Phenaki.MaskedTransformer.Sampling;

/// <summary>The model as the engine sees it; tests put their own in its place. Calls must not overlap.</summary>
internal interface IMaskedTransformer : IDisposable
{
    /// <summary>Name, version and fingerprint.</summary>
    ModelIdentity Identity { get; }

    /// <summary>Sizes, limits and defaults.</summary>
    MaskedTransformerConfig Config { get; }

    /// <summary>Most clips that share a forward pass.</summary>
    int MaxClipsPerForward { get; }

    /// <summary>Begins to sample a clip.</summary>
    IClipSampler BeginClip(ClipRequest request);

    /// <summary>Does one step of each clip; the tokens of a clip do not depend on the others.</summary>
    /// <param name="clips">Clips of this model, none of them done, each once.</param>
    void Step(IReadOnlyList<IClipSampler> clips);
}
