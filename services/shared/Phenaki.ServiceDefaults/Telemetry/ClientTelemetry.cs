using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>Traces of a program that calls services and hosts none.</summary>
public static class ClientTelemetry
{
    /// <summary>
    /// Sends the spans of this process to the collector that the standard variables of OpenTelemetry name, until what is returned is disposed.
    /// </summary>
    /// <param name="name">Name of the program.</param>
    /// <returns>Null when they name none.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">They name one that is no address.</exception>
    public static IDisposable? Start(string name)
    {
        var configuration = new ConfigurationBuilder().AddOpenTelemetryVariables().AddEnvironmentVariables("PHENAKI_").Build();
        if (!TelemetrySettings.HasCollector(configuration))
        {
            return null;
        }

        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddPhenakiTracing();
        services.AddOpenTelemetry().ConfigureResource(resource => TelemetryExtensions.Describe(resource, name)).UseOtlpExporter();
        var provider = services.BuildServiceProvider();

        // Made by asking for it; disposing the provider sends what is left.
        _ = provider.GetRequiredService<TracerProvider>();
        return provider;
    }
}
