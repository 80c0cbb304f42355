using System.IO.Compression;
using Grpc.AspNetCore.HealthChecks;
using Grpc.Net.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Phenaki.Contracts;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.ServiceDefaults.Telemetry;

namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>What every service does alike.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Setting that says where to listen: a URL such as <c>http://127.0.0.1:5101</c> (port 0 picks one), <c>https://...</c> or <c>http://unix:/path</c>.</summary>
    public const string ListenKey = "Listen";

    /// <summary>Setting for how long a stopping service lets calls finish, in seconds: 0 to 3600, default 30.</summary>
    public const string DrainSecondsKey = "DrainSeconds";

    /// <summary>
    /// Name in <c>grpc.health.v1</c> that is SERVING for as long as the process answers, while it loads and while it drains: what a supervisor asks
    /// before it restarts a process. The names of the services tell whether calls are taken, and the empty name is all of them together.
    /// </summary>
    public const string LivenessName = "liveness";

    /// <summary>
    /// Adds gRPC with messages of up to 4 MiB, rich errors, health, reflection, draining, telemetry, and Kestrel with HTTP/2, without TLS unless the section
    /// <c>Kestrel</c> or an https URL asks for it. May be called once in a process that hosts several services.
    /// </summary>
    /// <exception cref="OptionsValidationException"><see cref="ListenKey"/> is no URL, or <see cref="DrainSecondsKey"/> or a setting of telemetry out of its range.</exception>
    public static WebApplicationBuilder AddPhenakiServiceDefaults(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<StartupFailure>();
        builder.Services.Configure<ErrorTranslation>(ServingErrors.AddTo);
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = WireTensor.MaxBytes;
            options.MaxSendMessageSize = WireTensor.MaxBytes;
            options.Interceptors.Add<CallMetricsInterceptor>();
            options.Interceptors.Add<ErrorInterceptor>();
            options.CompressionProviders.Add(new BoundedCompression(new GzipCompressionProvider(CompressionLevel.Fastest), WireTensor.MaxBytes));
            options.CompressionProviders.Add(new BoundedCompression(new DeflateCompressionProvider(CompressionLevel.Fastest), WireTensor.MaxBytes));
        });
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks(options => options.Services.Map(LivenessName, check => check.Name == LivenessName))
            .AddCheck(LivenessName, () => HealthCheckResult.Healthy());
        builder.Services.Configure<HealthCheckPublisherOptions>(options =>
        {
            options.Delay = TimeSpan.Zero;
            options.Period = TimeSpan.FromSeconds(1);
        });
        var drain = Drain(builder.Configuration[DrainSecondsKey]);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = drain);
        QuietLogs(builder.Logging);
        UseKestrel(builder);
        builder.AddTelemetry();
        return builder;
    }

    /// <summary>
    /// Serves <paramref name="serviceName"/> with what <paramref name="make"/> makes in the background. Until it is made, and while the process
    /// drains, health says NOT_SERVING for it; a failure ends the process.
    /// </summary>
    /// <param name="services">Of the host.</param>
    /// <param name="serviceName">Full name of the gRPC service.</param>
    /// <param name="make">Loads; its message on failure is shown to people.</param>
    public static IServiceCollection AddWarmup<T>(
        this IServiceCollection services, string serviceName, Func<IServiceProvider, CancellationToken, Task<T>> make)
        where T : class
    {
        services.TryAddSingleton<StartupFailure>();
        services.AddSingleton(provider => new Warmup<T>(
            serviceName,
            cancellationToken => make(provider, cancellationToken),
            provider.GetRequiredService<StartupFailure>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILogger<Warmup<T>>>()));
        services.AddSingleton<IWarmup>(provider => provider.GetRequiredService<Warmup<T>>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Warmup<T>>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            serviceName, provider => provider.GetRequiredService<Warmup<T>>(), HealthStatus.Unhealthy, tags: null));
        services.Configure<GrpcHealthChecksOptions>(options =>
            options.Services.Map(serviceName, check => check.Name == serviceName));
        return services;
    }

    /// <summary>Maps health and reflection.</summary>
    public static WebApplication MapPhenakiDefaults(this WebApplication app)
    {
        app.UseTelemetry();
        app.Use(UnreadableRequests.AnswerAsync);
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        return app;
    }

    private static void UseKestrel(WebApplicationBuilder builder)
    {
        // Without TLS there is no negotiation: a port speaks HTTP/2 or HTTP/1, not both.
        Dictionary<string, string?> endpoints = new() { ["Kestrel:EndpointDefaults:Protocols"] = "Http2" };
        if (builder.Configuration[ListenKey] is { Length: > 0 } listen)
        {
            _ = ParseUrl(ListenKey, listen);
            endpoints["Kestrel:Endpoints:Grpc:Url"] = listen;
        }

        builder.Configuration.AddInMemoryCollection(endpoints);
        builder.WebHost.UseKestrel((context, options) =>
        {
            options.AddServerHeader = false;

            // A client that vanished without a word would hold its place for ever.
            options.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            options.Configure(context.Configuration.GetSection("Kestrel"));
        });
    }

    /// <summary>The address that a setting holds.</summary>
    /// <exception cref="OptionsValidationException">It is no URL.</exception>
    internal static BindingAddress ParseUrl(string key, string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException exception)
        {
            throw new OptionsValidationException(
                key, typeof(Uri), [$"{key} is '{url}', which is no address ({exception.Message}); allowed are URLs such as http://127.0.0.1:5101."]);
        }
    }

    private static void QuietLogs(ILoggingBuilder logging)
    {
        logging.AddFilter("Grpc", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // What a call fails of is logged by the interceptor, or is a request that cannot be read: the client's fault, and no news.
        logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.None);

        // A check that is not healthy is an answer here, not an error; and what keeps a host from starting is told once, without a stack trace.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.", LogLevel.Warning);
    }

    private static TimeSpan Drain(string? seconds) => seconds is null
        ? TimeSpan.FromSeconds(30)
        : double.TryParse(seconds, System.Globalization.CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 3600
            ? TimeSpan.FromSeconds(value)
            : throw new OptionsValidationException(DrainSecondsKey, typeof(double), [$"{DrainSecondsKey} is '{seconds}'; allowed are 0 to 3600 seconds."]);
}
