using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Phenaki.MaskedTransformer.V1;
using Phenaki.Testing;

namespace Phenaki.FunctionalTests;

/// <summary>Processes that speak mutual TLS, and callers with keys.</summary>
public sealed class SecureMeshTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Story_OverTlsWithAKey_IsMadeAndWithoutOneIsNot()
    {
        await using var mesh = await new SecureMesh().StartAsync(Token);
        await File.WriteAllTextAsync(mesh.Of("key"), mesh.ApiKey, Token);
        string[] prompts = ["a bear walks on mars."];

        (await Cli.RunAsync(Cli.Story(prompts, mesh.Of("made"), [.. mesh.Access, "--api-key-file", mesh.Of("key")]), Token)).Succeeded();
        var refused = await Cli.RunAsync(Cli.Story(prompts, mesh.Of("refused"), mesh.Access), Token);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("API key", refused.Error, StringComparison.Ordinal);
        var distrusted = await Cli.RunAsync(Cli.Story(prompts, mesh.Of("refused"), "--address", mesh.Orchestrator.Address), Token);
        Assert.Equal(1, distrusted.ExitCode);

        using var stranger = GrpcChannel.ForAddress(mesh.MaskedTransformer.Address, new() { HttpHandler = Trusting(_ => { }), DisposeHttpClient = true });
        await Assert.ThrowsAsync<RpcException>(
            () => new MaskedTransformerService.MaskedTransformerServiceClient(stranger).GetModelAsync(new(), cancellationToken: Token).ResponseAsync);
        foreach (var said in new[] { mesh.Orchestrator.Said, mesh.MaskedTransformer.Said })
        {
            Assert.DoesNotContain(mesh.ApiKey, said, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY", said, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 240_000)]
    public async Task Certificates_SwappedUnderLoad_FailNoStory()
    {
        await using var mesh = await new SecureMesh().StartAsync(Token);
        using var next = new CertificateAuthority("next");
        List<string> shown = [];
        using var channel = GrpcChannel.ForAddress(mesh.Orchestrator.Address, new() { HttpHandler = Trusting(shown.Add), DisposeHttpClient = true });
        var load = new StoryLoad(channel.Intercept(metadata => WithKey(metadata, mesh.ApiKey)));
        var running = load.RunAsync(2, Token);

        // As an operator renews an authority: trust both, change the certificates, trust the new one alone.
        var both = mesh.Authority.Pem + "\n" + next.Pem;
        var last = next.Issue("mesh");
        await OrFailureAsync(running, mesh.SwapAsync(mesh.Authority.Issue("mesh"), both, Token));
        await OrFailureAsync(running, mesh.SwapAsync(next.Issue("mesh"), both, Token));
        await OrFailureAsync(running, mesh.SwapAsync(last, next.Pem, Token));

        // Connections that were there go on; a worker that comes anew makes the orchestrator shake hands again.
        load.Stop();
        await running;
        Assert.Single(shown);
        (await mesh.MaskedTransformer.LeaveAsync(Token)).Succeeded();
        mesh.MaskedTransformer.Start();
        await mesh.MaskedTransformer.ReadyAsync(Token);
        await Eventually.TrueAsync(() => IsMadeAsync(load, 1_000), Token);
        using var second = GrpcChannel.ForAddress(mesh.Orchestrator.Address, new() { HttpHandler = Trusting(shown.Add), DisposeHttpClient = true });
        await new StoryLoad(second.Intercept(metadata => WithKey(metadata, mesh.ApiKey))).MakeAsync(1_001, Token);
        Assert.Equal(last.Thumbprint, shown[^1]);
        Assert.NotEqual(shown[0], shown[^1]);
    }

    // The orchestrator may still take the worker for gone, for a second at most.
    private static async ValueTask<bool> IsMadeAsync(StoryLoad load, ulong seed)
    {
        try
        {
            return await load.MakeAsync(seed, Token) is not null;
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.Unavailable)
        {
            return false;
        }
    }

    private static async Task OrFailureAsync(Task running, Task step) => await await Task.WhenAny(running, step);

    private static Metadata WithKey(Metadata metadata, string key)
    {
        metadata.Add("authorization", $"Bearer {key}");
        return metadata;
    }

    private static SocketsHttpHandler Trusting(Action<string> shown) => new()
    {
        SslOptions = new()
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                shown(((X509Certificate2)certificate!).Thumbprint);
                return certificate is not null;
            },
        },
    };
}
