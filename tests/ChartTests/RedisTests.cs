using System.Text;
using k8s.Models;
using Phenaki.ChartTests.Rendering;
using StackExchange.Redis;

namespace Phenaki.ChartTests;

/// <summary>Where the orchestrator finds its cache.</summary>
public sealed class RedisTests(RenderedCharts charts) : ChartTest(charts)
{
    [Fact(Timeout = Patience)]
    public Task Address_OfTheBundledRedis_IsItsServiceWithItsPassword() => NothingAsync(chart =>
        from secret in chart.Manifests.All<V1Secret>()
        let address = ConfigurationOptions.Parse(secret.StringData["address"])
        let service = chart.Manifests.One<V1Service>($"{Names.Full}-redis")
        let password = secret.StringData["password"]
        let args = chart.Manifests.Pod("redis").Main.Args
        let variable = chart.Manifests.Pod("redis").Main.Env.Single()
        where $"{address.EndPoints.Single()}" != $"Unspecified/{service.Metadata.Name}.{Names.Namespace}.svc:{service.Spec.Ports.Single().Port}" ||
            address.Password != password || password.Length < 32 || args[args.IndexOf("--requirepass") + 1] != $"$({variable.Name})" ||
            variable.ValueFrom.SecretKeyRef is not { Key: "password" } key || key.Name != secret.Metadata.Name
        select $"{address}");

    [Fact(Timeout = Patience)]
    public Task Address_OfTheOrchestrator_ComesFromWhereTheSwitchSays() => NothingAsync(chart =>
    {
        var variable = chart.Manifests.Pod("orchestrator").Main.Env.SingleOrDefault(e => e.Name == "PHENAKI_Orchestrator__Redis");
        var source = variable?.ValueFrom?.SecretKeyRef;
        bool isRight = chart.Switches.Redis switch
        {
            RedisSwitch.Bundled => source is { Name: Names.Full + "-redis", Key: "address" },
            RedisSwitch.ExternalSecret => source is { Name: "redis-address", Key: "address" },
            RedisSwitch.ExternalAddress => variable?.Value == "a.example.com:26379,b.example.com:26379,serviceName=mymaster,ssl=true",
            _ => variable is null,
        };
        return isRight ? [] : [$"the orchestrator's Redis is {variable?.Value}{source?.Name}"];
    });

    [Fact(Timeout = Patience)]
    public Task Certificates_OfAnExternalRedis_AreFilesOfTheOrchestratorAlone() => NothingAsync(chart =>
        from pod in chart.Manifests.Services
        let isUsed = chart.Switches.Redis == RedisSwitch.ExternalAddress && pod.Component == "orchestrator"
        let folder = pod.Mount("redis-tls")
        where (folder is not null) != isUsed ||
            pod.Variable("PHENAKI_Orchestrator__RedisCaFile") != (isUsed ? $"{folder}/ca.crt" : null) ||
            pod.Variable("PHENAKI_Orchestrator__RedisCertificateFile") != (isUsed ? $"{folder}/tls.crt" : null) ||
            pod.Variable("PHENAKI_Orchestrator__RedisKeyFile") != (isUsed ? $"{folder}/tls.key" : null)
        select pod.Name);

    [Theory(Timeout = Patience)]
    [InlineData("redis:6379")]
    [InlineData("s1:26379,s2:26379,serviceName=mymaster")]
    [InlineData("a:6379,b:6379,c:6379,ssl=true")]
    public async Task Address_SingleSentinelAndCluster_ReachesTheOrchestratorUnchanged(string address)
    {
        var chart = await Manifests.RenderAsync($"redis: {{mode: external, external: {{address: '{address}'}}}}", Cancellation);
        Assert.Equal(address, chart.Pod("orchestrator").Variable("PHENAKI_Orchestrator__Redis"));
        Assert.DoesNotContain(chart.Pods, pod => pod.Component == "redis");
    }

    [Fact(Timeout = Patience)]
    public async Task Password_OfEveryInstallation_IsAnotherOne()
    {
        var all = (await AllAsync()).SelectMany(chart => chart.Manifests.All<V1Secret>()).Select(secret => secret.StringData["password"]).ToArray();
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.All(all, password => Assert.Equal(password.Length, Encoding.ASCII.GetByteCount(password)));
    }

    [Fact(Timeout = Patience)]
    public Task Bundled_Everywhere_ForgetsTheOldestAndKeepsNothingOnDisk() => NothingAsync(chart =>
        from pod in chart.Manifests.Pods
        where pod.Component == "redis"
        let said = string.Join(' ', pod.Main.Args)
        where !said.Contains("--save  --appendonly no", StringComparison.Ordinal) || !said.Contains("--maxmemory 512mb --maxmemory-policy allkeys-lru", StringComparison.Ordinal) ||
            pod.Deployment!.Spec is not { Replicas: 1, Strategy.Type: "Recreate" }
        select said);
}
