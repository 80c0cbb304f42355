using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Options;
using Phenaki.Contracts;
using Phenaki.Orchestrator.Clients.Balancing;
using Phenaki.ServiceDefaults.Security;
using Phenaki.ServiceDefaults.Telemetry;

namespace Phenaki.Orchestrator.Clients;

/// <summary>
/// The connections to the three services. Every call behind them gives the same answer however often it is made, so a service config tries
/// again what did not get through; what breaks off later is <see cref="CallResumption"/>'s.
/// </summary>
internal sealed class ModelChannels : IDisposable
{
    // Half of a retry's worth for every call, and enough for one call's largest message: what does not fit is sent, but not tried again.
    private const int RetryBufferPerCall = 5 * 1024 * 1024;
    private const int RetryBuffer = 64 * 1024 * 1024;

    private readonly List<ServiceProvider> _balancers = [];

    /// <summary>Creates the channels; nothing is connected before the first call.</summary>
    /// <param name="options">Addresses.</param>
    /// <param name="transport">What carries the calls instead of sockets.</param>
    /// <param name="tls">How https addresses are spoken to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Logs of the channels.</param>
    public ModelChannels(IOptions<OrchestratorOptions> options, ModelTransport transport, ClientTls tls, TimeProvider time, ILoggerFactory logs)
    {
        TextEncoder = Create(options.Value.TextEncoderAddress);
        VideoTokenizer = Create(options.Value.VideoTokenizerAddress);
        MaskedTransformer = Create(options.Value.MaskedTransformerAddress);

        GrpcChannel Create(string text)
        {
            var address = ServiceAddress.Parse(text, options.Value.DnsUsesTls) ?? throw new ArgumentException($"'{text}' is no address.", nameof(options));
            return GrpcChannel.ForAddress(address.Target, new()
            {
                HttpHandler = new TraceContextHandler(transport.Handler ?? new ReplicaCallHandler(Sockets(tls), address.HostName)),
                DisposeHttpClient = transport.Handler is null,
                Credentials = !address.IsBalanced ? null : address.UsesTls ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure,
                MaxReceiveMessageSize = WireTensor.MaxBytes,
                MaxSendMessageSize = WireTensor.MaxBytes,
                MaxRetryBufferPerCallSize = RetryBufferPerCall,
                MaxRetryBufferSize = RetryBuffer,
                ServiceConfig = Config(address),

                // The default grows to two minutes: a service that is back would stay unknown for that long.
                InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
                MaxReconnectBackoff = TimeSpan.FromSeconds(1),
                ServiceProvider = Balancing(address),
            });
        }

        ServiceProvider Balancing(ServiceAddress address)
        {
            var services = new ServiceCollection()
                .AddSingleton<ResolverFactory>(new NameResolverFactory(options.Value.DnsRefreshInterval, Dns.GetHostAddressesAsync, time))
                .AddSingleton<ResolverFactory>(new ListResolverFactory(address.Replicas))
                .AddSingleton<LoadBalancerFactory>(new LeastLoadedBalancerFactory(time))
                .AddSingleton(logs)
                .BuildServiceProvider();
            _balancers.Add(services);
            return services;
        }
    }

    /// <summary>To the text encoder.</summary>
    public GrpcChannel TextEncoder { get; }

    /// <summary>To the video tokenizer.</summary>
    public GrpcChannel VideoTokenizer { get; }

    /// <summary>To the masked transformer.</summary>
    public GrpcChannel MaskedTransformer { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        TextEncoder.Dispose();
        VideoTokenizer.Dispose();
        MaskedTransformer.Dispose();
        _balancers.ForEach(balancer => balancer.Dispose());
    }

    private static SocketsHttpHandler Sockets(ClientTls tls) => new()
    {
        SslOptions = tls.Options(),
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // A node that vanishes sends nothing; without pings a story would wait for it until its deadline.
        KeepAlivePingDelay = TimeSpan.FromSeconds(20),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
    };

    private static ServiceConfig Config(ServiceAddress address)
    {
        var config = new ServiceConfig
        {
            MethodConfigs =
            {
                new MethodConfig
                {
                    Names = { MethodName.Default },
                    RetryPolicy = new()
                    {
                        MaxAttempts = 3,
                        InitialBackoff = TimeSpan.FromMilliseconds(100),
                        MaxBackoff = TimeSpan.FromSeconds(1),
                        BackoffMultiplier = 3,
                        RetryableStatusCodes = { StatusCode.Unavailable },
                    },
                },
            },
        };
        if (address.IsBalanced)
        {
            config.LoadBalancingConfigs.Add(new LoadBalancingConfig(LeastLoadedBalancerFactory.PolicyName));
        }

        return config;
    }
}
