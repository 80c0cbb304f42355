using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>What a layer needs of a text.</summary>
/// <param name="Keys">From <see cref="Blocks.CrossAttention.Project"/>.</param>
/// <param name="Values">From <see cref="Blocks.CrossAttention.Project"/>.</param>
/// <param name="Modulation">Shape [batch, 1, 4 * width]: scale and shift of two norms; null without adaptive norms.</param>
internal sealed record LayerText(Tensor Keys, Tensor Values, Tensor? Modulation);
