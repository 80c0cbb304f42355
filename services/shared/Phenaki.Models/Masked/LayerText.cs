using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>What a layer needs of a text.</summary>
/// <param name="Keys">Shape [batch, heads, text length, head width].</param>
/// <param name="Values">Shape [batch, heads, text length, head width].</param>
/// <param name="Modulation">Shape [batch, 1, 4 * width]: scale and shift of two norms; null without adaptive norms.</param>
internal sealed record LayerText(Tensor Keys, Tensor Values, Tensor? Modulation);
