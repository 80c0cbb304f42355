namespace Phenaki.ContainerTests.Mesh;

/// <summary>The four services and Redis, in containers or as processes: the same tests run over both.</summary>
public interface IMeshHost : IAsyncDisposable
{
    /// <summary>Where the orchestrator answers on this machine; the same after it was killed and started again.</summary>
    Uri Orchestrator { get; }

    /// <summary>Starts every part, the orchestrator first, and waits for none.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Ends a part as a power cut would, and sees to it that it runs no more.</summary>
    Task KillAsync(MeshPart part, CancellationToken cancellationToken);

    /// <summary>Starts a part that was killed; it may not be ready yet.</summary>
    Task StartAgainAsync(MeshPart part, CancellationToken cancellationToken);

    /// <summary>What every part has said, for a test that fails.</summary>
    Task<string> SaidAsync(CancellationToken cancellationToken);
}
