using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>
/// The verb <c>--health-check</c>: asks the service that runs in the same container whether it serves. An engine without gRPC probes starts
/// it, so that the image needs no program for it.
/// </summary>
internal static class HealthProbe
{
    /// <summary>Asks instead of serving.</summary>
    public const string Verb = "--health-check";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Takes the verb out of the arguments.</summary>
    /// <returns>True when it was there.</returns>
    public static bool TakeVerb(ref string[] args)
    {
        var others = args.Where(argument => argument != Verb).ToArray();
        var asked = others.Length < args.Length;
        args = others;
        return asked;
    }

    /// <summary>Asks over loopback, at <see cref="ServiceDefaultsExtensions.HealthListenKey"/> where it is set, else where the service listens.</summary>
    /// <param name="configuration">Of the service.</param>
    /// <param name="cancellationToken">Ends the wait, which lasts at most 5 seconds.</param>
    /// <returns>Null when all that the service serves is ready; else why not.</returns>
    /// <exception cref="OptionsValidationException">The configuration does not say where to ask.</exception>
    public static async Task<string?> AskAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        var listen = Listen(configuration);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var channel = GrpcChannel.ForAddress(Target(listen), new() { HttpHandler = Handler(listen), DisposeHttpClient = true });
        try
        {
            var answer = await new Health.HealthClient(channel).CheckAsync(new(), cancellationToken: patience.Token);
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving ? null : $"It answers at {listen}, and is not ready: {answer.Status}.";
        }
        catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return $"No answer from {listen} within {Patience.TotalSeconds} seconds: {exception.Status.Detail}";
        }
    }

    private static BindingAddress Listen(IConfiguration configuration)
    {
        foreach (var key in new[] { ServiceDefaultsExtensions.HealthListenKey, ServiceDefaultsExtensions.ListenKey })
        {
            if (configuration[key] is { Length: > 0 } url)
            {
                var listen = ServiceDefaultsExtensions.ParseUrl(key, url);
                return listen.IsUnixPipe || listen.Port != 0 ? listen : throw Nowhere($"{key} is '{url}': which port was picked cannot be known.");
            }
        }

        throw Nowhere($"{ServiceDefaultsExtensions.ListenKey} is not set.");
    }

    private static OptionsValidationException Nowhere(string why) =>
        new(ServiceDefaultsExtensions.ListenKey, typeof(Uri), [$"{Verb} needs to know where the service listens. {why}"]);

    // A service that listens on every address is asked on the loopback one.
    private static UriBuilder AnyHost(BindingAddress listen) => new(listen.Scheme, listen.Host, listen.Port)
    {
        Host = listen.Host switch
        {
            "*" or "+" or "0.0.0.0" => "127.0.0.1",
            "[::]" or "::" => "[::1]",
            var host => host,
        },
    };

    private static Uri Target(BindingAddress listen) => listen.IsUnixPipe ? new($"{listen.Scheme}://localhost") : AnyHost(listen).Uri;

    private static SocketsHttpHandler Handler(BindingAddress listen)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };

        // Its certificate is made out to the name that others call it by, not to loopback; and nothing that is asked here is a secret.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        if (listen.IsUnixPipe)
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(listen.UnixPipePath), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        return handler;
    }
}
