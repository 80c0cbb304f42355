using System.Runtime.InteropServices;
using TorchSharp;

namespace Phenaki.Models;

/// <summary>Loads libtorch. Everything that creates a tensor for the first time goes through here.</summary>
public static partial class TorchRuntime
{
    private const string WaitPolicy = "OMP_WAIT_POLICY";
    private const string SpinCount = "GOMP_SPINCOUNT";

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>
    /// Loads libtorch and TorchSharp's native library, once. Left to itself, TorchSharp answers a failed load by copying
    /// hundreds of megabytes beside the program and trying again; this fails at once and says why.
    /// </summary>
    /// <exception cref="InvalidOperationException">A native library does not load; the message holds the loader's reason.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    /// <summary>
    /// Gives memory that is free back to the system. Libtorch asks for aligned blocks of ever other sizes, and glibc seldom finds them among those that it has
    /// free: a sampled clip leaves a hundred megabytes in pieces, and the next one takes more. Does nothing where the C library has no such call.
    /// </summary>
    internal static void ReturnFreedMemory()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = TrimHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc, which keeps its memory its own way.
        }
    }

    private static bool Load()
    {
        WaitWithoutMuchSpinning();
        try
        {
            // In this order: the second needs the first, and the loader's message is clearer about one at a time.
            foreach (var library in (string[])["torch_cpu", "LibTorchSharp"])
            {
                NativeLibrary.Load(library, typeof(torch).Assembly, DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories);
            }
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new InvalidOperationException(
                $"libtorch does not load from {AppContext.BaseDirectory}: build the project again, for this platform ({RuntimeInformation.RuntimeIdentifier}). The loader said: {exception.Message}",
                exception);
        }

        torch.InitializeDeviceType(DeviceType.CPU);
        return true;
    }

    // Between two kernels the threads of OpenMP would otherwise spin for milliseconds: as soon as anything else wants the processor, they keep it from
    // the very thread that they wait for. Not to spin at all costs a third of the time of small models, whose kernels follow each other within microseconds:
    // so they spin for some ten of them. "Active" because of what GNU's OpenMP does once it has more threads than there are cores, as it has where several
    // models share a process, each with its own: it then spins a thousand times at most where the policy is active, and not at all where it is passive.
    // Whoever has set one of the variables has their way. OpenMP reads them when it is loaded.
    private static void WaitWithoutMuchSpinning()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(WaitPolicy) is null && Environment.GetEnvironmentVariable(SpinCount) is null)
        {
            SetVariable(WaitPolicy, "active", overwrite: 0);
            SetVariable(SpinCount, "1000", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint keep);

    // The environment of the native libraries, which .NET's own copy of it does not reach.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
