using Phenaki.Testing;
using Phenaki.Testing.Mesh;

namespace Phenaki.ContainerTests.Mesh;

/// <summary>One mesh for all tests of a class, started by the first that asks for it, with a tiny model.</summary>
public abstract class MeshFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly TemporaryFolder _folder = new();
    private IMeshHost? _mesh;

    /// <summary>The mesh, started; or skips the test where there can be none.</summary>
    public async Task<IMeshHost> MeshAsync(CancellationToken cancellationToken)
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_mesh is null)
            {
                StoryModel.Write(_folder.Of("model"));
                var mesh = Create(_folder.Of("model"));
                _mesh = mesh;
                await mesh.StartAsync(cancellationToken);
            }

            return _mesh;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_mesh is not null)
        {
            await _mesh.DisposeAsync();
        }

        _gate.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Why there can be no such mesh on this machine; null when there can.</summary>
    protected abstract string? WhyNot { get; }

    /// <summary>A mesh that does not run yet.</summary>
    /// <param name="model">Folder of the model's three parts.</param>
    protected abstract IMeshHost Create(string model);
}
