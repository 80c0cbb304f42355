using Microsoft.Extensions.DependencyInjection;
using Phenaki.MaskedTransformer.Sampling;
using Phenaki.Testing.Services;

namespace Phenaki.MaskedTransformer.Tests;

/// <summary>The service in memory, with a fake model or one from a folder.</summary>
internal static class MaskedTransformerHost
{
    public static async Task<ServiceHost> StartAsync(
        FakeMaskedTransformer model, CancellationToken cancellationToken, int maxQueue = 64, int maxActive = 4, TimeProvider? time = null)
    {
        var host = await StartAsync(_ => model, cancellationToken, maxQueue, maxActive, time);
        return await host.ReadyAsync(cancellationToken);
    }

    public static Task<ServiceHost> StartAsync(
        Func<MaskedTransformerOptions, IMaskedTransformer>? load, CancellationToken cancellationToken, int maxQueue = 64, int maxActive = 4, TimeProvider? time = null, string? folder = null,
        string precision = "float32") =>
        ServiceHost.StartAsync(
            builder =>
            {
                if (load is not null)
                {
                    builder.Services.AddSingleton(load);
                }

                builder.Services.AddSingleton(time ?? TimeProvider.System);
                builder.AddMaskedTransformer();
            },
            app => app.MapMaskedTransformer(),
            new Dictionary<string, string?>
            {
                ["MaskedTransformer:MaxQueue"] = $"{maxQueue}",
                ["MaskedTransformer:MaxActive"] = $"{maxActive}",
                ["MaskedTransformer:Model"] = folder,
                ["MaskedTransformer:Device"] = "cpu",
                ["MaskedTransformer:Precision"] = precision,
            },
            cancellationToken);
}
