using System.Globalization;
using TorchSharp;

namespace Phenaki.Models;

/// <summary>Where a model runs: the processor, or one CUDA device.</summary>
public sealed record ComputeDevice
{
    private ComputeDevice(bool isCuda, int index)
    {
        IsCuda = isCuda;
        Index = index;
    }

    /// <summary>The processor.</summary>
    public static ComputeDevice Cpu { get; } = new(false, 0);

    /// <summary>Whether this is a CUDA device.</summary>
    public bool IsCuda { get; }

    /// <summary>Number of the CUDA device, from 0; 0 for the processor.</summary>
    public int Index { get; }

    /// <summary>Torch's name of the device.</summary>
    public torch.Device Torch => IsCuda ? torch.device(DeviceType.CUDA, Index) : torch.CPU;

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> (the first device), <c>cuda:N</c> or <c>auto</c> (CUDA where there is a device, else the processor).</summary>
    /// <exception cref="ArgumentException">The text is none of these, or the device does not exist.</exception>
    public static ComputeDevice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        switch (text)
        {
            case "cpu":
                return Cpu;
            case "auto":
                return CudaDevices() > 0 ? new ComputeDevice(true, 0) : Cpu;
            case "cuda":
                return Cuda(text, 0);
            default:
                return text.StartsWith("cuda:", StringComparison.Ordinal)
                    && int.TryParse(text.AsSpan("cuda:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    ? Cuda(text, index)
                    : throw new ArgumentException($"There is no device '{text}'; allowed: cpu, cuda, cuda:N, auto.", nameof(text));
        }
    }

    /// <summary>The text that <see cref="Parse"/> reads back.</summary>
    public override string ToString() => IsCuda ? string.Create(CultureInfo.InvariantCulture, $"cuda:{Index}") : "cpu";

    private static ComputeDevice Cuda(string text, int index)
    {
        var devices = CudaDevices();
        if (devices == 0)
        {
            throw new ArgumentException(
                $"Device '{text}' was asked for, but libtorch sees no CUDA device. The default build is for the processor alone: build with -p:TorchVariant=cuda, on a machine with an NVIDIA driver, or use cpu or auto.",
                nameof(text));
        }

        return index < devices
            ? new ComputeDevice(true, index)
            : throw new ArgumentException($"Device '{text}' was asked for, but there are {devices} CUDA devices; allowed: cuda:0 to cuda:{devices - 1}.", nameof(text));
    }

    private static int CudaDevices()
    {
        TorchRuntime.EnsureLoaded();
        return torch.cuda.is_available() ? torch.cuda.device_count() : 0;
    }
}
