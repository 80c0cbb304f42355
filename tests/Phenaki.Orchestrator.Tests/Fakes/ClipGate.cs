namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>Lets clips be sampled one by one.</summary>
internal sealed class ClipGate : IDisposable
{
    private readonly FakeMesh _mesh;
    private readonly SemaphoreSlim _open = new(0);

    public ClipGate(FakeMesh mesh)
    {
        _mesh = mesh;
        mesh.Masked.OnCall = (_, scope) => _open.WaitAsync(scope.CancellationToken);
    }

    /// <summary>Waits until a clip is being sampled, with its number from 1 of all that this mesh has sampled.</summary>
    public Task BegunAsync(int clip, CancellationToken cancellationToken) =>
        Testing.Eventually.TrueAsync(() => ValueTask.FromResult(_mesh.Masked.Calls >= clip), cancellationToken);

    /// <summary>Lets some clips pass.</summary>
    public void Pass(int clips) => _open.Release(clips);

    /// <summary>Lets all clips pass.</summary>
    public void Open() => _open.Release(1_000_000);

    public void Dispose() => _open.Dispose();
}
