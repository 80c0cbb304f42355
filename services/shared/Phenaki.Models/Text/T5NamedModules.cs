using TorchSharp;

namespace Phenaki.Models.Text;

/// <summary>A level in the names of a checkpoint that computes nothing itself.</summary>
internal sealed class T5NamedModules : torch.nn.Module
{
    public T5NamedModules(params (string Name, torch.nn.Module Module)[] children)
        : base(nameof(T5NamedModules))
    {
        foreach (var (name, module) in children)
        {
            register_module(name, module);
        }
    }
}
