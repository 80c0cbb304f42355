using System.IO.Compression;
using Grpc.AspNetCore.HealthChecks;
using Grpc.Net.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Phenaki.Contracts;
using Phenaki.ServiceDefaults.Draining;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Options;
using Phenaki.ServiceDefaults.Pace;
using Phenaki.ServiceDefaults.Security;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.ServiceDefaults.Telemetry;

namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>What every service does alike.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Setting that says where to listen: a URL such as <c>http://127.0.0.1:5101</c> (port 0 picks one), <c>https://...</c> or <c>http://unix:/path</c>.</summary>
    public const string ListenKey = "Listen";

    /// <summary>Setting for a further address, without TLS, that answers grpc.health.v1 and nothing else, for probes; default none.</summary>
    public const string HealthListenKey = "HealthListen";

    /// <summary>Setting that switches reflection on or off: true or false; default true in the environment Development, else false.</summary>
    public const string ReflectionKey = "Reflection";

    /// <summary>
    /// Name in <c>grpc.health.v1</c> that is SERVING for as long as the process answers, while it loads and while it drains: what a supervisor asks
    /// before it restarts a process. The names of the services tell whether calls are taken, and the empty name is all of them together.
    /// </summary>
    public const string LivenessName = "liveness";

    /// <summary>
    /// Adds gRPC with messages of up to 4 MiB, rich errors, health, reflection, draining, limits, telemetry, and Kestrel with HTTP/2, with TLS where
    /// the section <c>Tls</c> asks for it. May be called once in a process that hosts several services.
    /// </summary>
    /// <exception cref="OptionsValidationException">An address is no URL, or a setting out of its range.</exception>
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
            options.Interceptors.Add<HttpRefusalInterceptor>();
            options.Interceptors.Add<ErrorInterceptor>();
            options.Interceptors.Add<DrainInterceptor>();
            options.Interceptors.Add<PaceInterceptor>();
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
        _ = ReflectionIsOn(builder.Configuration, builder.Environment);
        AddDraining(builder);
        AddSecurity(builder);
        QuietLogs(builder.Logging);
        Listening.Use(builder);
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
            options.Services.MapWhileServing(serviceName));
        return services;
    }

    /// <summary>Has health say SERVING for a service while its own check says so and the process has not been asked to leave.</summary>
    /// <param name="services">The mapping.</param>
    /// <param name="serviceName">Full name of the gRPC service, and name of its check.</param>
    public static void MapWhileServing(this ServiceMappingCollection services, string serviceName) =>
        services.Map(serviceName, check => check.Name == serviceName || check.Name == Drain.Name);

    /// <summary>Maps health, and reflection where it is on.</summary>
    public static WebApplication MapPhenakiDefaults(this WebApplication app)
    {
        app.UseTelemetry();
        Listening.GuardHealthPort(app);
        app.Use(UnreadableRequests.AnswerAsync);
        app.Use(CrossSiteRequests.RefuseAsync);
        app.MapGrpcHealthChecksService();
        if (ReflectionIsOn(app.Configuration, app.Environment))
        {
            app.MapGrpcReflectionService();
        }

        return app;
    }

    private static void AddDraining(WebApplicationBuilder builder)
    {
        var drain = DrainOptions.Read(builder.Configuration);
        builder.Services.AddSingleton(drain);
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Services.AddSingleton(provider => new HttpCalls(
            provider.GetRequiredService<CallMetrics>(), provider.GetRequiredService<Drain>(), provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddHealthChecks().AddCheck<Drain>(Drain.Name);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = drain.Grace + DrainOptions.Farewell);
    }

    private static void AddSecurity(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(FileReload.Read(builder.Configuration[FileReload.Key]));
        builder.Services.AddServiceOptions<TlsOptions>(builder.Configuration.GetSection(TlsOptions.Section));
        builder.Services.AddSingleton<IValidateOptions<TlsOptions>, TlsOptionsValidator>();
        builder.Services.AddSingleton<ServerTls>();
        builder.Services.AddServiceOptions<ServiceLimits>(builder.Configuration.GetSection(ServiceLimits.Section));
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

    private static bool ReflectionIsOn(IConfiguration configuration, IHostEnvironment environment) => configuration[ReflectionKey] is not { Length: > 0 } text
        ? environment.IsDevelopment()
        : bool.TryParse(text, out var isOn)
            ? isOn
            : throw new OptionsValidationException(ReflectionKey, typeof(bool), [$"{ReflectionKey} is '{text}'; allowed are true and false."]);
}
