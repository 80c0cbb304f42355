using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Persistence;
using Phenaki.Orchestrator.ApiKeys;

namespace Phenaki.Orchestrator.Durable;

/// <summary>Builds the host in which the stories of this process live: a silo of Orleans, beside the host of the gRPC services.</summary>
internal static class StorySiloBuilder
{
    /// <summary>Name of the storage of records.</summary>
    public const string Storage = "stories";

    /// <summary>Builds it.</summary>
    /// <param name="services">What the stories need of the process.</param>
    /// <param name="fate">Hears when the others take this silo for dead.</param>
    public static (IHost Host, IPEndPoint Address) Build(IServiceProvider services, IFatalErrorHandler fate)
    {
        var options = services.GetRequiredService<IOptions<DurableStoryOptions>>();
        var store = services.GetRequiredService<StoryStore>();
        var address = new IPEndPoint(Address(options.Value), options.Value.SiloPort > 0 ? options.Value.SiloPort : FreePort());
        var builder = Host.CreateEmptyApplicationBuilder(new() { ApplicationName = "phenaki-stories", DisableDefaults = true });

        // Given as they are, they stay the process's to dispose.
        builder.Services.Replace(ServiceDescriptor.Singleton(services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton<IHostLifetime, SiloLifetime>();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(services.GetRequiredService<TimeProvider>());
        builder.Services.AddSingleton(services.GetRequiredService<StoryMaker>());
        builder.Services.AddSingleton(services.GetRequiredService<StoryJournal>());
        builder.Services.AddSingleton(services.GetRequiredService<StoryIndex>());
        builder.Services.AddSingleton(services.GetRequiredService<StoryCommandRules>());
        builder.Services.AddSingleton(services.GetRequiredService<ApiKeyRing>());
        builder.UseOrleans(silo => Configure(silo, options.Value, store, address));

        // Behind its own, and so in its place.
        builder.Services.AddSingleton(fate);
        return (builder.Build(), address);
    }

    private static void Configure(ISiloBuilder silo, DurableStoryOptions options, StoryStore store, IPEndPoint address)
    {
        if (options.Alone)
        {
            silo.UseLocalhostClustering(address.Port, gatewayPort: 0, primarySiloEndpoint: null, options.ClusterId, options.ClusterId);
        }
        else
        {
            silo.UseRedisClustering(clustering => clustering.ConfigurationOptions = store.Configuration());
            silo.ConfigureEndpoints(address.Address, address.Port, gatewayPort: 0, listenOnAnyHostAddress: false);
        }

        silo.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (options.ClusterId, options.ClusterId));
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = options.ProbeTimeout;
            membership.NumMissedProbesLimit = options.MissedProbes;

            // One is enough: of two orchestrators there is only one that could notice.
            membership.NumVotesForDeathDeclaration = 1;
            membership.TableRefreshTimeout = options.MembershipPeriod;
            membership.IAmAliveTablePublishTimeout = options.MembershipPeriod;
        });
        silo.AddRedisGrainStorage(Storage, (RedisStorageOptions storage) =>
        {
            storage.ConfigurationOptions = store.Configuration();
            storage.DeleteStateOnClear = true;
            storage.GrainStorageSerializer = new StoryRecordSerializer();
            storage.GetStorageKey = (_, grain) => grain.Key.ToString() is { } key && StoryId.IsId(key) ? store.Keys.Record(key) : store.Keys.Gate();
        });
        silo.UseRedisReminderService(reminders => reminders.ConfigurationOptions = store.Configuration());
        silo.Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = options.ReminderPeriod);
    }

    private static IPAddress Address(DurableStoryOptions options) => options switch
    {
        { Alone: true } => IPAddress.Loopback,
        { AdvertisedAddress.Length: > 0 } => IPAddress.Parse(options.AdvertisedAddress),
        _ => Array.Find(Dns.GetHostAddresses(Dns.GetHostName()), address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))
            ?? IPAddress.Loopback,
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
