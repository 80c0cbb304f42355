using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.Testing;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class HealthProbeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task HealthCheck_ServiceThatServes_EndsWithZero()
    {
        var port = RedisServerProcess.FreePort();

        Assert.Equal(ServiceProgram.Success, await AskAsync(ready: true, [$"--listen=http://0.0.0.0:{port}"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task HealthCheck_ServiceOnAUnixSocket_EndsWithZero() =>
        Assert.Equal(ServiceProgram.Success, await AskAsync(ready: true, [$"--listen=http://unix:{_folder.Of("socket")}"]));

    [Fact(Timeout = 60_000)]
    public async Task HealthCheck_ServiceWithTls_EndsWithZero()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=elsewhere", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await File.WriteAllTextAsync(_folder.Of("tls.crt"), certificate.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(_folder.Of("tls.key"), key.ExportPkcs8PrivateKeyPem(), Cancellation);

        Assert.Equal(ServiceProgram.Success, await AskAsync(
            ready: true,
            [
                $"--listen=https://127.0.0.1:{RedisServerProcess.FreePort()}", $"--Kestrel:Certificates:Default:Path={_folder.Of("tls.crt")}",
                $"--Kestrel:Certificates:Default:KeyPath={_folder.Of("tls.key")}",
            ]));
    }

    [Fact(Timeout = 60_000)]
    public async Task HealthCheck_ServiceThatStillLoads_EndsWithOne() =>
        Assert.Equal(ServiceProgram.Failure, await AskAsync(ready: false, [$"--listen=http://127.0.0.1:{RedisServerProcess.FreePort()}"]));

    [Fact(Timeout = 60_000)]
    public async Task HealthCheck_NothingThere_EndsWithOne() =>
        Assert.Equal(ServiceProgram.Failure, await ProbeAsync([$"--listen=http://127.0.0.1:{RedisServerProcess.FreePort()}"]));

    [Fact(Timeout = 60_000)]
    public async Task HealthCheck_WithAPortForHealthAlone_AsksThere()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [ServiceDefaultsExtensions.ListenKey] = "https://127.0.0.1:5101",
            [ServiceDefaultsExtensions.HealthListenKey] = $"http://*:{RedisServerProcess.FreePort()}",
        }).Build();

        var why = await HealthProbe.AskAsync(configuration, Cancellation);

        Assert.Contains(configuration[ServiceDefaultsExtensions.HealthListenKey]!, why, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--listen=http://127.0.0.1:0")]
    [InlineData("--listen=")]
    [InlineData("--listen=here")]
    [InlineData("--listen=http://127.0.0.1:1", "stray")]
    public async Task HealthCheck_NoWayToKnowWhereToAsk_EndsWithTwo(params string[] args) => Assert.Equal(ServiceProgram.Usage, await ProbeAsync([.. args]));

    private static async Task<int> AskAsync(bool ready, string[] args)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var started = new TaskCompletionSource();
        var loaded = new TaskCompletionSource<object>();
        var run = ServiceProgram.RunAsync(
            args,
            ProbeService.Description,
            builder => builder.Services.AddWarmup(ProbeService.Name, (_, cancellationToken) => loaded.Task.WaitAsync(cancellationToken)),
            app => app.Lifetime.ApplicationStarted.Register(started.SetResult),
            stop.Token);
        if (ready)
        {
            loaded.SetResult(new object());
        }

        await started.Task.WaitAsync(Cancellation);
        var answer = await ProbeAsync(args);
        if (ready)
        {
            // Health is published in turns of a second: what was just loaded is seen in the next one.
            await Eventually.TrueAsync(async () => (answer = await ProbeAsync(args)) != ServiceProgram.Failure, Cancellation);
        }

        await stop.CancelAsync();
        await run;
        return answer;
    }

    private static Task<int> ProbeAsync(string[] args) => ServiceProgram.RunAsync(
        [HealthProbe.Verb, .. args],
        ProbeService.Description,
        _ => Assert.Fail("A question for health starts no service."),
        _ => { },
        Cancellation);
}
