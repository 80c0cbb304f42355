using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>
/// The one place where telemetry is registered. Everything else measures with System.Diagnostics alone, which costs next to nothing while nobody
/// listens: nobody does unless there is a Prometheus endpoint or a collector.
/// </summary>
public static class TelemetryExtensions
{
    private static readonly string[] Sources = ["Phenaki.*", "Microsoft.AspNetCore", "Grpc.Net.Client"];
    private static readonly string[] Meters = ["Phenaki.*", "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Has spans recorded, from calls down to sampling steps, with the conventions for gRPC; where they go is to be added.</summary>
    public static IServiceCollection AddPhenakiTracing(this IServiceCollection services)
    {
        services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(Sources).AddProcessor(new GrpcSpans()));
        return services;
    }

    /// <summary>Adds the standard variables of OpenTelemetry (OTEL_...), for a configuration that does not hold all of the environment.</summary>
    public static IConfigurationBuilder AddOpenTelemetryVariables(this IConfigurationBuilder configuration) => configuration.AddInMemoryCollection(
        new ConfigurationBuilder().AddEnvironmentVariables().Build().AsEnumerable().Where(pair => pair.Key.StartsWith("OTEL_", StringComparison.Ordinal)));

    /// <summary>Adds metrics and, where the configuration names a collector, traces and logs.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    internal static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddMetrics();
        services.TryAddSingleton<CallMetrics>();
        var settings = TelemetrySettings.Read(builder.Configuration);
        if (settings.MetricsUrl is null && !settings.Exports)
        {
            return;
        }

        services.TryAddSingleton<IGpuDevices, NvidiaDevices>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder.Environment.ApplicationName))
            .WithMetrics(metrics => metrics.AddMeter(Meters));
        services.AddHostedService<GpuMetrics>();
        if (settings.MetricsUrl is not null)
        {
            telemetry.WithMetrics(metrics => metrics.AddPrometheusExporter(options => options.ScopeInfoEnabled = false));
            services.AddSingleton(settings);
            services.AddHostedService<MetricsListener>();
        }

        if (settings.Exports)
        {
            services.AddPhenakiTracing();
            telemetry.WithLogging(configureBuilder: null, options => options.IncludeFormattedMessage = true);
            telemetry.UseOtlpExporter();
        }
    }

    /// <summary>Measures calls that reach no service, and shows what has not been counted yet as 0 once the services are mapped and the process listens.</summary>
    internal static void UseTelemetry(this WebApplication app)
    {
        app.Use(next => context => UnservedCalls.ObserveAsync(context, next));
        app.Lifetime.ApplicationStarted.Register(() => StartAtZero(app.Services));
    }

    /// <summary>Says which program the telemetry comes from; the standard variables of OpenTelemetry have the last word.</summary>
    internal static void Describe(ResourceBuilder resource, string name) => resource
        .AddService(name, serviceNamespace: "phenaki", serviceVersion: typeof(TelemetryExtensions).Assembly.GetName().Version?.ToString(3))
        .AddEnvironmentVariableDetector();

    private static void StartAtZero(IServiceProvider services)
    {
        var served = services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.ServiceName)
            .Where(service => service?.StartsWith("phenaki.", StringComparison.Ordinal) == true)
            .Select(service => Components.Of(service!));
        foreach (var component in served.Distinct())
        {
            services.GetRequiredService<CallMetrics>().StartAtZero(component);
        }
    }
}
