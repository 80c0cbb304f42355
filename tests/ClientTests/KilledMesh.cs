namespace Phenaki.ClientTests;

/// <summary>A mesh that takes several stories at a time, as patient with services that are gone as a mesh is by default.</summary>
public sealed class KilledMesh : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ServiceMesh _mesh = new() { MaxResumptions = 8, MaxQueue = 16 };
    private bool _isStarted;

    /// <summary>The mesh, started when it is first asked for.</summary>
    public async Task<ServiceMesh> MeshAsync(CancellationToken cancellationToken)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            await _mesh.InitializeAsync();
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            late.CancelAfter(Patience);
            await _mesh.StartAsync(late.Token);
        }

        return _mesh;
    }

    /// <summary>A service by its name.</summary>
    public static ServiceProcess Service(ServiceMesh mesh, string name) => name switch
    {
        "text-encoder" => mesh.TextEncoder,
        "video-tokenizer" => mesh.VideoTokenizer,
        "masked-transformer" => mesh.MaskedTransformer,
        _ => mesh.Orchestrator,
    };

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _mesh.DisposeAsync();
}
