using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Grpc.AspNetCore.HealthChecks;
using Phenaki.Caching;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Durable;
using Phenaki.Orchestrator.OpenApi;
using Phenaki.Orchestrator.Stories;
using Phenaki.Orchestrator.Videos;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Options;
using Phenaki.ServiceDefaults.Security;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Story.V1;
using Phenaki.Studio;

namespace Phenaki.Orchestrator;

/// <summary>Adds the orchestrator to a host: to its own process, or to one that hosts all services.</summary>
public static class OrchestratorServiceExtensions
{
    private const string RedisTls = "redis";

    // A service that is starting or restarting is back within seconds.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Adds the orchestrator, configured by the section <see cref="OrchestratorOptions.Section"/>.</summary>
    /// <param name="builder">The host; must have the service defaults.</param>
    /// <param name="transport">
    /// What carries the calls to the three services inside a process that hosts them all; without it, sockets. Stays the caller's to dispose.
    /// </param>
    public static WebApplicationBuilder AddOrchestrator(this WebApplicationBuilder builder, HttpMessageHandler? transport = null)
    {
        var services = builder.Services;
        services.AddServiceOptions<OrchestratorOptions>(builder.Configuration.GetSection(OrchestratorOptions.Section));
        services.AddSingleton<IValidateOptions<OrchestratorOptions>, OrchestratorOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        builder.AddMeshTls();
        services.AddServiceOptions<ApiKeyOptions>(builder.Configuration.GetSection(ApiKeyOptions.Section));
        services.AddSingleton<ApiKeyRing>();
        builder.AddPhenakiHttp();
        services.AddGrpc().AddServiceOptions<StoryGrpcService>(story => story.Interceptors.Add<ApiKeyInterceptor>());
        services.AddSingleton(new ModelTransport(transport));
        services.AddSingleton<ModelChannels>();
        services.AddSingleton<ITextEncoderClient, GrpcTextEncoderClient>();
        services.AddSingleton<IVideoTokenizerClient, GrpcVideoTokenizerClient>();
        services.AddSingleton<IMaskedTransformerClient, GrpcMaskedTransformerClient>();
        services.AddSingleton<CallResumption>();
        services.AddSingleton<PromptEncoder>();
        services.AddSingleton<ClipMaker>();
        services.AddSingleton<StoryLoop>();
        services.AddSingleton<StoryMetrics>();
        services.AddSingleton<StoryAdmission>();
        services.AddHostedService<StoryMetricsStart>();
        services.AddSingleton<ISeedSource, RandomSeedSource>();
        services.Configure<ErrorTranslation>(AddTranslations);
        AddCache(services);
        AddModelRegistry(services);
        AddDurableStories(builder);
        services.AddServiceOptions<VideoOptions>(builder.Configuration.GetSection(VideoOptions.Section));
        services.AddVideos();
        services.AddOpenApiDocument();
        return builder;
    }

    /// <summary>Maps the story service, and the page that it is used with from a browser.</summary>
    public static WebApplication MapOrchestrator(this WebApplication app)
    {
        // A file of keys that cannot be used ends the start, not the first call.
        _ = app.Services.GetRequiredService<ApiKeyRing>();
        app.MapTranscodedService<StoryGrpcService>();
        app.MapVideos();
        app.MapOpenApiDocument();
        app.MapStudio();
        return app;
    }

    private static void AddCache(IServiceCollection services)
    {
        services.AddKeyedSingleton(RedisTls, (provider, _) => new ClientTls(
            "The certificate for Redis",
            new(Options(provider).RedisCertificateFile, Options(provider).RedisKeyFile, Options(provider).RedisCaFile),
            provider.GetRequiredService<FileReload>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ClientTls>>()));
        services.AddSingleton(provider => new CacheStatistics(provider.GetService<System.Diagnostics.Metrics.IMeterFactory>()));
        services.AddSingleton<ICacheStore>(provider => Options(provider).Redis.Length == 0
            ? new NoCacheStore()
            : new RedisCacheStore(
                Options(provider).ToCacheOptions(),
                provider.GetRequiredService<CacheStatistics>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<RedisCacheStore>>(),
                Options(provider).ToCacheOptions().UsesTls ? provider.GetRequiredKeyedService<ClientTls>(RedisTls).Options : null));
        services.AddSingleton(provider => new StoryCache(
            provider.GetRequiredService<ICacheStore>(),
            Options(provider).ToCacheOptions(),
            provider.GetRequiredService<CacheStatistics>(),
            provider.GetRequiredService<TimeProvider>(),
            $"{Environment.MachineName}/{RandomNumberGenerator.GetHexString(16, lowercase: true)}",
            provider.GetRequiredService<ILogger<StoryCache>>()));

        static OrchestratorOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<OrchestratorOptions>>().Value;
    }

    private static void AddDurableStories(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddServiceOptions<DurableStoryOptions>(builder.Configuration.GetSection(DurableStoryOptions.Section));
        services.AddSingleton<IValidateOptions<DurableStoryOptions>, DurableStoryOptionsValidator>();

        // It tells all that it does; what people should know of that is said in our own words.
        builder.Logging.AddFilter("Orleans", LogLevel.Error);
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        services.AddSingleton(provider => new StoryStore(
            provider.GetRequiredService<IOptions<DurableStoryOptions>>(),
            provider.GetRequiredService<IOptions<OrchestratorOptions>>(),
            new(() => provider.GetRequiredKeyedService<ClientTls>(RedisTls)),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<StoryJournal>();
        services.AddSingleton<StoryIndex>();
        services.AddSingleton<StoryMaker>();
        services.AddSingleton(provider => new StoryCommandRules(
            provider.GetRequiredService<IOptions<OrchestratorOptions>>().Value, provider.GetRequiredService<IOptions<DurableStoryOptions>>().Value));
        services.AddSingleton<StorySilo>();
        services.AddHostedService(provider => provider.GetRequiredService<StorySilo>());
        services.AddSingleton<DurableStories>();
        services.AddSingleton<DurableStoryCalls>();
        services.AddSingleton<DirectedStoryCalls>();
    }

    private static void AddModelRegistry(IServiceCollection services)
    {
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<IWarmup>(provider => provider.GetRequiredService<ModelRegistry>());
        services.AddHostedService(provider => provider.GetRequiredService<ModelRegistry>());
        var name = StoryService.Descriptor.FullName;
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, provider => provider.GetRequiredService<ModelRegistry>(), HealthStatus.Unhealthy, tags: null));
        services.Configure<GrpcHealthChecksOptions>(options => options.Services.MapWhileServing(name));
    }

    private static void AddTranslations(ErrorTranslation translation)
    {
        translation.Add<ModelServiceException>(failure => failure.Failure switch
        {
            ModelServiceFailure.Unreachable => RpcErrors.Unavailable(failure.Message, failure.RetryAfter ?? RetryAfter),
            ModelServiceFailure.Overloaded => RpcErrors.ResourceExhausted(failure.Message, failure.RetryAfter ?? RetryAfter),
            ModelServiceFailure.TimedOut => RpcErrors.DeadlineCannotBeMet(failure.Message),
            _ => RpcErrors.FailedPrecondition(failure.Message, "MODEL_SERVICE_REFUSED", ("service", failure.Service)),
        });
        translation.Add<ModelMismatchException>(failure => RpcErrors.FailedPrecondition(failure.Message, "MODEL_MISMATCH"));
        translation.Add<StoryDeadlineException>(failure => RpcErrors.DeadlineCannotBeMet(failure.Message));
    }
}
