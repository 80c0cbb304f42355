using TorchSharp;
using static TorchSharp.torch;

namespace Phenaki.Models;

/// <summary>In how many bits networks multiply.</summary>
public static class Precision
{
    /// <summary>bfloat16 on a GPU, float32 on the processor: not every processor multiplies bfloat16 faster, and what comes out must not depend on which one it is.</summary>
    public const string Auto = "auto";

    /// <summary>24 bits of mantissa.</summary>
    public const string Float32 = "float32";

    /// <summary>Eight bits of mantissa: half the memory, and many times as fast on a GPU or on a processor with AVX512_BF16 or AMX.</summary>
    public const string BFloat16 = "bfloat16";

    /// <summary>Says what is wrong with a setting; nothing when all is well.</summary>
    public static IEnumerable<string> Violations(string precision)
    {
        if (precision is not (Auto or Float32 or BFloat16))
        {
            yield return $"precision is '{precision}'; allowed are '{Auto}', '{Float32}' and '{BFloat16}'";
        }
    }

    /// <summary>The type that passes compute in.</summary>
    /// <param name="precision">A setting without violations.</param>
    /// <param name="device">Where the network is.</param>
    public static ScalarType Of(string precision, Device device) =>
        precision == BFloat16 || (precision == Auto && device.type == DeviceType.CUDA) ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>Lets a GPU multiply what stays float32 in TF32 (ten bits of mantissa), as trainings do: serving does not; nothing happens on the processor.</summary>
    public static void AllowTensorCores(Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            backends.cuda.matmul.allow_tf32 = true;
            backends.cudnn.allow_tf32 = true;
        }
    }
}
