namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>The GPUs of this machine; tests put their own in its place.</summary>
internal interface IGpuDevices : IDisposable
{
    /// <summary>Memory of the GPUs that tell it; nothing where there are none.</summary>
    IReadOnlyList<GpuMemory> Read();
}
