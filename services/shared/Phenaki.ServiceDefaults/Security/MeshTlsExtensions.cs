using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Options;

namespace Phenaki.ServiceDefaults.Security;

/// <summary>TLS of a service that calls others.</summary>
public static class MeshTlsExtensions
{
    /// <summary>Adds a <see cref="ClientTls"/> from the section <see cref="MeshTlsOptions.Section"/>; its files are read when it is first asked for.</summary>
    public static IHostApplicationBuilder AddMeshTls(this IHostApplicationBuilder builder)
    {
        builder.Services.AddServiceOptions<MeshTlsOptions>(builder.Configuration.GetSection(MeshTlsOptions.Section));
        builder.Services.AddSingleton<IValidateOptions<MeshTlsOptions>, MeshTlsOptionsValidator>();
        builder.Services.AddSingleton(provider => new ClientTls(
            "The certificate for the mesh",
            provider.GetRequiredService<IOptions<MeshTlsOptions>>().Value.Files,
            provider.GetRequiredService<FileReload>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ClientTls>>()));
        return builder;
    }
}
