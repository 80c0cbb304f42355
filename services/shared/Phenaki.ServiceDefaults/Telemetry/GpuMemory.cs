namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>Memory of a GPU, of all processes together.</summary>
/// <param name="Number">Number of the GPU, from 0.</param>
/// <param name="Used">Bytes in use.</param>
/// <param name="Limit">Bytes that there are.</param>
internal readonly record struct GpuMemory(int Number, long Used, long Limit);
