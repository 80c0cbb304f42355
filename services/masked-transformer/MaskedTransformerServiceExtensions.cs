using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Phenaki.MaskedTransformer.Sampling;
using Phenaki.MaskedTransformer.V1;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Options;

namespace Phenaki.MaskedTransformer;

/// <summary>Hosts the masked-transformer service, alone or beside others.</summary>
public static class MaskedTransformerServiceExtensions
{
    /// <summary>Adds the service, with the options in the section <see cref="MaskedTransformerOptions.Section"/>; its model is loaded in the background.</summary>
    public static IHostApplicationBuilder AddMaskedTransformer(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddServiceOptions<MaskedTransformerOptions>(builder.Configuration.GetSection(MaskedTransformerOptions.Section));
        services.AddMetrics();
        services.TryAddSingleton<Func<MaskedTransformerOptions, IMaskedTransformer>>(LoadedMaskedTransformer.Load);
        services.AddSingleton<MaskedTransformerMetrics>();
        services.AddWarmup(MaskedTransformerService.Descriptor.FullName, LoadAsync);
        return builder;
    }

    /// <summary>Maps the service.</summary>
    public static WebApplication MapMaskedTransformer(this WebApplication app)
    {
        app.MapGrpcService<MaskedTransformerGrpcService>();
        return app;
    }

    private static async Task<MaskedTransformerEngine> LoadAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<IOptions<MaskedTransformerOptions>>().Value;
        var load = services.GetRequiredService<Func<MaskedTransformerOptions, IMaskedTransformer>>();
        var engine = await MaskedTransformerEngine.LoadAsync(
            () => load(options), options, services.GetRequiredService<MaskedTransformerMetrics>(), services.GetRequiredService<TimeProvider>(), cancellationToken);
        MaskedTransformerLog.Loaded(
            services.GetRequiredService<ILogger<MaskedTransformerEngine>>(),
            engine.Identity.Name, engine.Identity.Version, engine.Identity.Parameters, engine.Identity.Fingerprint, options.Device, engine.MaxClipsPerForward);
        return engine;
    }
}
