using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Models.Blocks;

/// <summary>
/// The linear layer of all networks. In float32 on a processor it is a convolution of one pixel: libtorch gives convolutions to oneDNN and products to MKL,
/// and MKL's kernels for processors that are not Intel's use half of what those with AVX-512 can do. The same numbers come in the same order of sums however many rows there are.
/// </summary>
internal sealed class Projection : nn.Module<Tensor, Tensor>
{
    // From so many images on libtorch gives a convolution to oneDNN whatever its size and the number of threads.
    private const int Images = 16;

    // libtorch for Apple's processors comes without it.
    private static readonly bool HasOneDnn = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private readonly Parameter weight;
    private readonly Parameter? bias;

    private Projection(long inputs, long outputs, Device device, bool hasBias)
        : base(nameof(Projection))
    {
        weight = new Parameter(empty(outputs, inputs, device: device));
        bias = hasBias ? new Parameter(zeros(outputs, device: device)) : null;
        RegisterComponents();
    }

    /// <summary>Shape [outputs, inputs].</summary>
    public Parameter Weight => weight;

    /// <summary>A layer with normal weights of standard deviation gain / sqrt(inputs). A gain of 0 makes a residual branch that starts as the identity.</summary>
    public static Projection Create(long inputs, long outputs, Device device, double gain = 1, bool bias = false)
    {
        var layer = new Projection(inputs, outputs, device, bias);
        using var _ = no_grad();
        if (gain == 0)
        {
            layer.weight.zero_();
        }
        else
        {
            layer.weight.normal_(0, gain / Math.Sqrt(inputs));
        }

        return layer;
    }

    /// <summary>Maps each row.</summary>
    /// <param name="x">Shape [..., inputs].</param>
    /// <returns>Shape [..., outputs].</returns>
    public override Tensor forward(Tensor x) => Multiply(x, weight, bias);

    /// <summary>Maps each row by given weights.</summary>
    /// <param name="x">Shape [..., inputs].</param>
    /// <param name="weight">Shape [outputs, inputs].</param>
    /// <param name="bias">Shape [outputs]; null for none.</param>
    /// <returns>Shape [..., outputs].</returns>
    public static Tensor Multiply(Tensor x, Tensor weight, Tensor? bias = null)
    {
        if (!HasOneDnn || x.device.type != DeviceType.CPU || x.dtype != ScalarType.Float32)
        {
            return nn.functional.linear(x, weight, bias);
        }

        using var scope = NewDisposeScope();
        var (outputs, inputs) = (weight.shape[0], weight.shape[1]);
        var rows = x.reshape(-1, inputs);
        long count = rows.shape[0];
        long missing = (Images - (count % Images)) % Images;
        rows = missing == 0 ? rows : nn.functional.pad(rows, [0, 0, 0, missing]);

        // Row-major rows are images with their channels last: nothing is copied, neither here nor on the way back.
        var images = rows.view(Images, 1, -1, inputs).permute(0, 3, 1, 2);
        var made = nn.functional.conv2d(images, weight.reshape(outputs, inputs, 1, 1), bias).permute(0, 2, 3, 1).reshape(-1, outputs);
        return (missing == 0 ? made : made.narrow(0, 0, count)).view([.. x.shape[..^1], outputs]).MoveToOuterDisposeScope();
    }
}
