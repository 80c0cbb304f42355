using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>
/// NVIDIA's GPUs by the library NVML, which comes with the driver. (TorchSharp has no call for the memory of a device, and the driver also knows
/// what other processes hold.) A machine without the driver has none.
/// </summary>
internal sealed class NvidiaDevices : IGpuDevices
{
    private const int Success = 0;
    private readonly Lock _gate = new();
    private readonly nint[] _handles = [];
    private readonly nint _library;
    private readonly GetMemoryInfo? _getMemoryInfo;
    private readonly Shutdown? _shutdown;
    private bool _disposed;

    /// <summary>Looks for the driver.</summary>
    public NvidiaDevices(ILogger<NvidiaDevices> logger)
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1", out _library))
        {
            return;
        }

        try
        {
            Check(Export<Init>("nvmlInit_v2")(), "nvmlInit_v2");
            _shutdown = Export<Shutdown>("nvmlShutdown");
            _getMemoryInfo = Export<GetMemoryInfo>("nvmlDeviceGetMemoryInfo");
            Check(Export<GetCount>("nvmlDeviceGetCount_v2")(out var count), "nvmlDeviceGetCount_v2");
            _handles = new nint[count];
            var getHandle = Export<GetHandle>("nvmlDeviceGetHandleByIndex_v2");
            for (var index = 0u; index < count; index++)
            {
                Check(getHandle(index, out _handles[index]), "nvmlDeviceGetHandleByIndex_v2");
            }
        }
        catch (Exception failure) when (failure is EntryPointNotFoundException or InvalidOperationException)
        {
            // A driver that is installed but does not work; what it is asked for later may work or not, so it is asked for nothing.
            _handles = [];
            TelemetryLog.GpusNotMeasured(logger, failure.Message);
        }
    }

    private delegate int Init();

    private delegate int Shutdown();

    private delegate int GetCount(out uint count);

    private delegate int GetHandle(uint index, out nint device);

    private delegate int GetMemoryInfo(nint device, out Memory memory);

    /// <inheritdoc/>
    public IReadOnlyList<GpuMemory> Read()
    {
        // The last scrape may come while the host is being disposed.
        lock (_gate)
        {
            List<GpuMemory> read = [];
            for (var number = 0; number < _handles.Length && !_disposed; number++)
            {
                if (_getMemoryInfo!(_handles[number], out var memory) == Success)
                {
                    read.Add(new(number, (long)memory.Used, (long)memory.Total));
                }
            }

            return read;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _disposed = true;
                _ = _shutdown?.Invoke();
            }
        }
    }

    private static void Check(int result, string function)
    {
        if (result != Success)
        {
            throw new InvalidOperationException($"{function} of the NVIDIA driver failed with {result}.");
        }
    }

    private T Export<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(_library, name));

    [StructLayout(LayoutKind.Sequential)]
    private struct Memory
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }
}
