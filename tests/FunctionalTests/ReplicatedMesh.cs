using Grpc.Core;
using Phenaki.Testing;

namespace Phenaki.FunctionalTests;

/// <summary>Two replicas of every service as processes, with tiny models; each orchestrator knows both replicas of the others.</summary>
public sealed class ReplicatedMesh : IAsyncDisposable
{
    private const int MaxLastWords = 8_000;
    private readonly TemporaryFolder _folder = new();

    /// <summary>Chooses ports and writes the model; nothing runs yet.</summary>
    /// <param name="orchestratorArguments">Further arguments of both orchestrators.</param>
    public ReplicatedMesh(params string[] orchestratorArguments)
    {
        StoryModel.Write(_folder.Path);
        TextEncoders = Pair("text-encoder", "Phenaki.TextEncoder");
        VideoTokenizers = Pair("video-tokenizer", "Phenaki.VideoTokenizer");
        MaskedTransformers = Pair("masked-transformer", "Phenaki.MaskedTransformer");
        Orchestrators = [OrchestratorWith(orchestratorArguments), OrchestratorWith(orchestratorArguments)];
    }

    /// <summary>The text encoders.</summary>
    public IReadOnlyList<ServiceProcess> TextEncoders { get; }

    /// <summary>The video tokenizers.</summary>
    public IReadOnlyList<ServiceProcess> VideoTokenizers { get; }

    /// <summary>The masked transformers.</summary>
    public IReadOnlyList<ServiceProcess> MaskedTransformers { get; }

    /// <summary>The orchestrators.</summary>
    public IReadOnlyList<ServiceProcess> Orchestrators { get; }

    /// <summary>All but the orchestrators.</summary>
    public IReadOnlyList<ServiceProcess> Workers => [.. TextEncoders, .. VideoTokenizers, .. MaskedTransformers];

    /// <summary>Starts all.</summary>
    public async Task<ReplicatedMesh> StartAsync(CancellationToken cancellationToken)
    {
        foreach (var service in Workers.Concat(Orchestrators))
        {
            service.Start();
        }

        foreach (var service in Workers.Concat(Orchestrators))
        {
            await service.ReadyAsync(cancellationToken);
        }

        return this;
    }

    /// <summary>Replaces a replica, as a rolling update does: it is asked to leave, and when it has, its successor comes.</summary>
    public static async Task ReplaceAsync(ServiceProcess replica, CancellationToken cancellationToken)
    {
        var left = (await replica.LeaveAsync(cancellationToken)).Succeeded();
        Assert.DoesNotContain("fail: ", left.Output + left.Error, StringComparison.Ordinal);
        replica.Start();
        await replica.ReadyAsync(cancellationToken);
    }

    /// <summary>Does something; where a call fails meanwhile, what the orchestrators have said last is told with it.</summary>
    public async Task ExplainedAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (RpcException failure)
        {
            throw new InvalidOperationException(string.Join('\n', Orchestrators.Select(service => LastWords(service.Said)).Prepend(failure.Message)), failure);
        }
    }

    /// <summary>A further orchestrator in front of the same workers; the caller's to start and to dispose.</summary>
    public ServiceProcess OrchestratorWith(params string[] arguments) => new(
        "orchestrator", "Phenaki.Orchestrator", "Ready with",
        [
            "--text-encoder-address", Both(TextEncoders), "--video-tokenizer-address", Both(VideoTokenizers),
            "--masked-transformer-address", Both(MaskedTransformers), .. arguments,
        ]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var service in Orchestrators.Concat(Workers))
        {
            await service.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static string Both(IReadOnlyList<ServiceProcess> pair) => string.Join(',', pair.Select(service => service.Address));

    private static string LastWords(string said) => said[^Math.Min(said.Length, MaxLastWords)..];

    private ServiceProcess[] Pair(string name, string assembly) => [Service(name, assembly), Service(name, assembly)];

    private ServiceProcess Service(string name, string assembly) => new(name, assembly, "is ready", "--model", _folder.Of(name), "--device", "cpu");
}
