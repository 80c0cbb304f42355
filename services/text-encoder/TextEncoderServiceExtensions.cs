using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Phenaki.TextEncoder.Encoding;
using Phenaki.TextEncoder.V1;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Options;

namespace Phenaki.TextEncoder;

/// <summary>Hosts the text-encoder service, alone or beside others.</summary>
public static class TextEncoderServiceExtensions
{
    /// <summary>Adds the service, with the options in the section <see cref="TextEncoderOptions.Section"/>; its model is loaded in the background.</summary>
    public static IHostApplicationBuilder AddTextEncoder(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddServiceOptions<TextEncoderOptions>(builder.Configuration.GetSection(TextEncoderOptions.Section));
        services.AddMetrics();
        services.TryAddSingleton<Func<TextEncoderOptions, ITextEncoder>>(LoadedTextEncoder.Load);
        services.AddSingleton<TextEncoderMetrics>();
        services.AddWarmup(TextEncoderService.Descriptor.FullName, LoadAsync);
        return builder;
    }

    /// <summary>Maps the service.</summary>
    public static WebApplication MapTextEncoder(this WebApplication app)
    {
        app.MapGrpcService<TextEncoderGrpcService>();
        return app;
    }

    private static async Task<TextEncoderEngine> LoadAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<IOptions<TextEncoderOptions>>().Value;
        var load = services.GetRequiredService<Func<TextEncoderOptions, ITextEncoder>>();
        var engine = await TextEncoderEngine.LoadAsync(
            () => load(options), options, services.GetRequiredService<TextEncoderMetrics>(), services.GetRequiredService<TimeProvider>(), cancellationToken);
        TextEncoderLog.Loaded(
            services.GetRequiredService<ILogger<TextEncoderEngine>>(),
            engine.Identity.Name, engine.Identity.Version, engine.Identity.Parameters, engine.Identity.Fingerprint, options.Device);
        return engine;
    }
}
