namespace Phenaki.Testing.Mesh;

/// <summary>A mesh that runs. Its services are started in the wrong order, the orchestrator first and the text encoder last, which must not matter.</summary>
public sealed class StartedMesh : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>The mesh.</summary>
    public ServiceMesh Mesh { get; } = new();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Mesh.InitializeAsync();
        using var late = new CancellationTokenSource(Patience);
        await Mesh.StartAsync(late.Token);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Mesh.DisposeAsync();
}
