using TorchSharp;
using TorchSharp.Modules;

namespace Phenaki.Models.Text;

/// <summary>Activations of the feed-forward layers, by the names of Hugging Face.</summary>
internal static class T5Activations
{
    public static IReadOnlyList<string> Names { get; } = ["relu", "gelu", "gelu_new", "gelu_pytorch_tanh", "silu", "swish"];

    public static bool IsKnown(string name) => Names.Contains(name);

    public static Func<torch.Tensor, torch.Tensor> Find(string name) => name switch
    {
        "relu" => x => x.relu(),
        "gelu" => x => x.gelu(),
        "gelu_new" or "gelu_pytorch_tanh" => x => x.gelu(GELU.Approximate.tanh),
        "silu" or "swish" => x => x.silu(),
        _ => throw new ArgumentException($"There is no activation '{name}'; allowed: {string.Join(", ", Names)}.", nameof(name)),
    };
}
