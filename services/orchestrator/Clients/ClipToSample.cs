using Phenaki.Caching;
using Phenaki.Common.V1;
using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Clients;

/// <summary>One clip for the masked transformer.</summary>
/// <param name="LatentFrames">Latent frames, prefix included.</param>
/// <param name="Prefix">Known tokens of the first latent frames, [latent frames, rows, columns] row-major; may be empty.</param>
/// <param name="Prompt">What is shown.</param>
/// <param name="NegativePrompt">What to guide away from; null for the model's own empty text.</param>
/// <param name="Sampling">Settings.</param>
/// <param name="Seed">Seed of the random numbers, with <paramref name="Scene"/> and <paramref name="Clip"/>.</param>
/// <param name="Scene">Number of the scene, from 0.</param>
/// <param name="Clip">Number of the clip in its scene, from 0.</param>
/// <param name="Priority">Who goes first where clips wait.</param>
internal sealed record ClipToSample(
    int LatentFrames,
    int[] Prefix,
    EncodedPrompt Prompt,
    EncodedPrompt? NegativePrompt,
    ClipSampling Sampling,
    ulong Seed,
    int Scene,
    int Clip,
    Priority Priority = Priority.Unspecified);
