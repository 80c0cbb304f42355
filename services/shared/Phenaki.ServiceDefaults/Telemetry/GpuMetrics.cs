using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>Shows the memory of the GPUs, where there are any, in the meter <see cref="CallMetrics.MeterName"/>.</summary>
internal sealed class GpuMetrics(IMeterFactory meters, IGpuDevices devices) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (devices.Read().Count > 0)
        {
            var meter = meters.Create(CallMetrics.MeterName);
            meter.CreateObservableGauge("phenaki.gpu.memory.used", () => Show(memory => memory.Used), "By", "Memory of a GPU in use, by all processes.");
            meter.CreateObservableGauge("phenaki.gpu.memory.limit", () => Show(memory => memory.Limit), "By", "Memory of a GPU.");
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Show(Func<GpuMemory, long> value) => devices.Read().Select(memory =>
        new Measurement<long>(value(memory), new KeyValuePair<string, object?>("gpu", memory.Number.ToString(CultureInfo.InvariantCulture))));
}
