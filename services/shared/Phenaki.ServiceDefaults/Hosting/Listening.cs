using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Pace;
using Phenaki.ServiceDefaults.Security;

namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>Where a service listens, and what it lets connections do.</summary>
internal static class Listening
{
    private const string HealthPath = "/grpc.health.v1.Health";
    private const string GrpcEndpoint = "Grpc";

    // Behind the other two in the alphabet, by which Kestrel orders the addresses that it tells of.
    private const string HttpEndpoint = "Http";

    /// <summary>Listens with Kestrel as the settings say.</summary>
    /// <exception cref="OptionsValidationException">An address is none, or does not go with the settings of TLS.</exception>
    public static void Use(WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var isTls = IsTls(configuration);

        // Without TLS there is no negotiation: a port speaks HTTP/2 or HTTP/1, not both.
        Dictionary<string, string?> endpoints = new() { ["Kestrel:EndpointDefaults:Protocols"] = "Http2" };
        if (configuration[ServiceDefaultsExtensions.ListenKey] is { Length: > 0 } listen)
        {
            endpoints[$"Kestrel:Endpoints:{GrpcEndpoint}:Url"] = CheckUrl(ServiceDefaultsExtensions.ListenKey, listen, isTls);
        }

        if (configuration[ServiceDefaultsExtensions.HealthListenKey] is { Length: > 0 } health)
        {
            endpoints["Kestrel:Endpoints:Health:Url"] = CheckUrl(ServiceDefaultsExtensions.HealthListenKey, health, isTls: false);
        }

        configuration.AddInMemoryCollection(endpoints);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<ServiceLimits>>((kestrel, limits) => Limit(kestrel.Limits, limits.Value));
        builder.WebHost.UseKestrel((context, options) =>
        {
            options.AddServerHeader = false;
            options.Configure(context.Configuration.GetSection("Kestrel"))
                .Endpoint(GrpcEndpoint, endpoint => UseTls(options, endpoint, isTls))
                .Endpoint(HttpEndpoint, endpoint => UseTls(options, endpoint, isTls))
                .Endpoint("Health", endpoint => endpoint.ListenOptions.Use(next => connection =>
                {
                    connection.Features.Set(HealthPort.Instance);
                    return next(connection);
                }));
        });
    }

    /// <summary>Listens for HTTP/1.1 too, where the settings say so; behind TLS that can be the port of gRPC.</summary>
    /// <exception cref="OptionsValidationException">The address is none, or does not go with the other settings.</exception>
    public static void UseHttp(ConfigurationManager configuration)
    {
        if (configuration[HttpExtensions.ListenKey] is not { Length: > 0 } http)
        {
            return;
        }

        var isTls = IsTls(configuration);
        var isShared = http == configuration[ServiceDefaultsExtensions.ListenKey] && ServiceDefaultsExtensions.ParseUrl(HttpExtensions.ListenKey, http).Port != 0;
        if (isShared && !isTls)
        {
            throw new OptionsValidationException(
                HttpExtensions.ListenKey,
                typeof(Uri),
                [$"{HttpExtensions.ListenKey} is '{http}', and so is {ServiceDefaultsExtensions.ListenKey}; without TLS gRPC and HTTP/1.1 need a port each."]);
        }

        var endpoint = $"Kestrel:Endpoints:{(isShared ? GrpcEndpoint : HttpEndpoint)}";
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{endpoint}:Url"] = CheckUrl(HttpExtensions.ListenKey, http, isTls),
            [$"{endpoint}:Protocols"] = isTls ? "Http1AndHttp2" : "Http1",
        });
    }

    /// <summary>Answers nothing but health on the port that is for health: it may be open where calls need a certificate.</summary>
    public static void GuardHealthPort(WebApplication app) => app.Use((context, next) =>
    {
        if (context.Features.Get<HealthPort>() is null || context.Request.Path.StartsWithSegments(HealthPath, StringComparison.Ordinal))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });

    private static void Limit(KestrelServerLimits kestrel, ServiceLimits limits)
    {
        // A client that vanished without a word would hold its place for ever.
        kestrel.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
        kestrel.MaxConcurrentConnections = limits.MaxConnections;

        // It would close a whole connection because one of its calls is not read; PatientWriter resets that call alone.
        kestrel.MinResponseDataRate = null;
    }

    private static void UseTls(KestrelServerOptions options, EndpointConfiguration endpoint, bool isTls)
    {
        if (!isTls || !endpoint.IsHttps)
        {
            return;
        }

        var tls = options.ApplicationServices.GetRequiredService<ServerTls>();
        List<SslApplicationProtocol> protocols = endpoint.ListenOptions.Protocols.HasFlag(HttpProtocols.Http1)
            ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]
            : [SslApplicationProtocol.Http2];
        endpoint.ListenOptions.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls.ForConnection(protocols)) });
    }

    private static bool IsTls(ConfigurationManager configuration) => !string.IsNullOrEmpty(configuration[$"{TlsOptions.Section}:{nameof(TlsOptions.CertificateFile)}"]);

    private static string CheckUrl(string key, string url, bool isTls)
    {
        var address = ServiceDefaultsExtensions.ParseUrl(key, url);
        return isTls && address.Scheme != "https"
            ? throw new OptionsValidationException(
                key, typeof(Uri), [$"{key} is '{url}', but {TlsOptions.Section}:{nameof(TlsOptions.CertificateFile)} is set; with TLS it must begin with https://."])
            : url;
    }

    /// <summary>Marks the connections that came in at the port for health.</summary>
    private sealed class HealthPort
    {
        public static HealthPort Instance { get; } = new();
    }
}
