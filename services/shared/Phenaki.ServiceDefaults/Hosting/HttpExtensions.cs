using Google.Protobuf.Reflection;
using Google.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>Services that can also be called over HTTP with JSON, as the annotations of their contracts say.</summary>
public static class HttpExtensions
{
    /// <summary>
    /// Setting for the address at which HTTP/1.1 is spoken, as in <c>http://127.0.0.1:5180</c>; with TLS HTTP/2 too, and it may be that of gRPC.
    /// Default none: no HTTP/1.1.
    /// </summary>
    public const string ListenKey = "HttpListen";

    /// <summary>Most bytes of a JSON message: a message of 4 MiB whose bytes are in base64, and something over.</summary>
    public const int MaxBodyBytes = 6 * 1024 * 1024;

    /// <summary>Adds JSON transcoding and, where <see cref="ListenKey"/> is set, a port for it. The host must have the service defaults.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The address is none, or does not go with the other settings.</exception>
    public static WebApplicationBuilder AddPhenakiHttp(this WebApplicationBuilder builder)
    {
        Listening.UseHttp(builder.Configuration);
        builder.Services.AddGrpc().AddJsonTranscoding(json =>
        {
            json.TypeRegistry = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);

            // As proto3's JSON has it: a seed has more digits than a number of JavaScript.
            json.JsonSettings.WriteInt64sAsStrings = true;
        });
        return builder;
    }

    /// <summary>Maps a gRPC service, its calls over HTTP included.</summary>
    public static GrpcServiceEndpointConventionBuilder MapTranscodedService<TService>(this IEndpointRouteBuilder endpoints)
        where TService : class => endpoints.MapGrpcService<TService>().WithMetadata(new BodyLimit(MaxBodyBytes));

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
