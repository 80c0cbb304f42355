using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Phenaki.VideoTokenizer.Sessions;
using Phenaki.VideoTokenizer.V1;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Options;

namespace Phenaki.VideoTokenizer;

/// <summary>Hosts the video-tokenizer service, alone or beside others.</summary>
public static class VideoTokenizerServiceExtensions
{
    /// <summary>Adds the service, with the options in the section <see cref="VideoTokenizerOptions.Section"/>; its model is loaded in the background.</summary>
    public static IHostApplicationBuilder AddVideoTokenizer(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddServiceOptions<VideoTokenizerOptions>(builder.Configuration.GetSection(VideoTokenizerOptions.Section));
        services.AddMetrics();
        services.TryAddSingleton<Func<VideoTokenizerOptions, IVideoTokenizer>>(LoadedVideoTokenizer.Load);
        services.AddSingleton<VideoTokenizerMetrics>();
        services.AddWarmup(VideoTokenizerService.Descriptor.FullName, LoadAsync);
        return builder;
    }

    /// <summary>Maps the service.</summary>
    public static WebApplication MapVideoTokenizer(this WebApplication app)
    {
        app.MapGrpcService<VideoTokenizerGrpcService>();
        return app;
    }

    private static async Task<VideoTokenizerEngine> LoadAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<IOptions<VideoTokenizerOptions>>().Value;
        var load = services.GetRequiredService<Func<VideoTokenizerOptions, IVideoTokenizer>>();
        var engine = await VideoTokenizerEngine.LoadAsync(
            () => load(options), options, services.GetRequiredService<VideoTokenizerMetrics>(), services.GetRequiredService<TimeProvider>(), cancellationToken);
        VideoTokenizerLog.Loaded(
            services.GetRequiredService<ILogger<VideoTokenizerEngine>>(),
            engine.Identity.Name, engine.Identity.Version, engine.Identity.Parameters, engine.Identity.Fingerprint, options.Device);
        return engine;
    }
}
