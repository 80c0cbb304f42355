using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Phenaki.ChartTests.Rendering;
using Phenaki.ServiceDefaults.Options;

namespace Phenaki.ChartTests;

/// <summary>Every environment variable that the chart sets is a setting that the service has, with a value that it takes.</summary>
public sealed class EnvironmentTests(RenderedCharts charts) : ChartTest(charts)
{
    private const string Prefix = "PHENAKI_";

    // Read by libraries, not by us: libtorch, OpenTelemetry, and the kubelet that puts the name into another variable.
    private static readonly string[] OfLibraries = ["OMP_NUM_THREADS", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_RESOURCE_ATTRIBUTES", "POD_NAME"];

    public static TheoryData<string> Services => [.. MeshService.All.Select(service => service.Key)];

    [Fact(Timeout = Patience)]
    public Task Variables_OfEveryService_AreSettingsThatItHas() => NothingAsync(chart =>
        from service in MeshService.All
        let known = KnownSettings.Of(service)
        from variable in chart.Manifests.Pod(service.Name).Main.Env
        where variable.Name.StartsWith(Prefix, StringComparison.Ordinal)
            ? !known.Contains(Setting(variable.Name)) && !variable.Name.StartsWith("PHENAKI_Logging__LogLevel__", StringComparison.Ordinal)
            : !OfLibraries.Contains(variable.Name)
        select $"{service.Name} has no setting {variable.Name}");

    [Fact(Timeout = Patience)]
    public Task Variables_OfEveryService_AreTakenByItsOptions() => NothingAsync(chart => MeshService.All.SelectMany(service => Faults(chart.Manifests, service)));

    [Theory(Timeout = Patience), MemberData(nameof(Services))]
    public async Task Settings_AtTheirLargest_ReachTheOptionsUnchanged(string key)
    {
        var service = MeshService.All.Single(s => s.Key == key);
        var wanted = service.Options.GetProperties()
            .Where(p => p.CanWrite && !service.Managed.Contains(p.Name))
            .ToDictionary(p => p.Name, p => p.GetCustomAttributes(true).OfType<System.ComponentModel.DataAnnotations.RangeAttribute>().SingleOrDefault()?.Maximum);
        Assert.NotEmpty(wanted);
        var settings = wanted.Where(w => w.Value is not null).ToDictionary(w => JsonNamingPolicy.CamelCase.ConvertName(w.Key), w => w.Value);
        var chart = await Manifests.RenderAsync(JsonSerializer.Serialize(new { services = new Dictionary<string, object> { [key] = new { settings } } }), Cancellation);
        Assert.Empty(Faults(chart, service));
        foreach (var (name, value) in wanted.Where(w => w.Value is not null))
        {
            Assert.Equal($"{value}", chart.Pod(service.Name).Variable($"{Prefix}{service.Section}__{name}"));
        }
    }

    [Fact(Timeout = Patience)]
    public Task Stories_WhereTheyAreKept_AreSharedAtThePortAndAddressOfThePod() => NothingAsync(chart =>
    {
        var pod = chart.Manifests.Pod("orchestrator");
        var port = pod.Main.Ports.SingleOrDefault(p => p.Name == "silo")?.ContainerPort;
        var address = pod.Main.Env.SingleOrDefault(v => v.Name == "PHENAKI_Stories__AdvertisedAddress")?.ValueFrom.FieldRef.FieldPath;
        var told = (port, address, pod.Variable("PHENAKI_Stories__SiloPort"), pod.Variable("PHENAKI_Stories__ClusterId"), pod.Variable("PHENAKI_Stories__Enabled"));
        (int?, string?, string?, string?, string?) expected = chart.Switches.Redis is RedisSwitch.ExternalAddress or RedisSwitch.ExternalSecret
            ? (11111, "status.podIP", "11111", Names.Full, null)
            : (null, null, null, null, "false");
        return told == expected ? [] : [$"stories are shared at {told}"];
    });

    [Fact(Timeout = Patience)]
    public async Task Limits_OfTheOperator_ReachEveryService()
    {
        var chart = await Manifests.RenderAsync("limits: {maxConnections: 1000000, streamIdleTimeout: '00:01:00'}", Cancellation);
        Assert.All(chart.Services, pod => Assert.Equal(
            ("1000000", "00:01:00"), (pod.Variable("PHENAKI_Limits__MaxConnections"), pod.Variable("PHENAKI_Limits__StreamIdleTimeout"))));
    }

    private static IEnumerable<string> Faults(Manifests chart, MeshService service)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(chart.Pod(service.Name).Main.Env
            .Where(variable => variable.Name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(variable => Setting(variable.Name), variable => (string?)(variable.Value ?? "redis:6379,password=secret"))).Build();
        var bind = typeof(EnvironmentTests).GetMethod(nameof(Bind), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(service.Options).CreateDelegate<Func<IConfigurationSection, IEnumerable<string>>>();
        return bind(configuration.GetSection(service.Section));
    }

    private static IEnumerable<string> Bind<TOptions>(IConfigurationSection section)
        where TOptions : class
    {
        try
        {
            using var services = new ServiceCollection().AddServiceOptions<TOptions>(section).Services.BuildServiceProvider();
            _ = services.GetRequiredService<IOptions<TOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return exception.Failures;
        }
    }

    private static string Setting(string variable) => variable[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal);
}
