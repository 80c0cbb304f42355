using TorchSharp;
using TorchSharp.Modules;

namespace Phenaki.Models.Text;

/// <summary>A table of vectors: indices [...] int64 -> [..., width].</summary>
internal sealed class T5Embedding : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Parameter _weight;

    public T5Embedding(T5Initialiser initialise, long rows, long width, double standardDeviation)
        : base(nameof(T5Embedding))
    {
        _weight = initialise.Normal(standardDeviation, rows, width);
        register_parameter("weight", _weight);
    }

    public torch.Device Device => _weight.device;

    public override torch.Tensor forward(torch.Tensor indices)
    {
        using var flat = indices.reshape(-1);
        using var rows = _weight.index_select(0, flat);
        return rows.view([.. indices.shape, _weight.shape[1]]);
    }
}
