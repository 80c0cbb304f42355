using Phenaki.Testing;

namespace Phenaki.ContainerTests.Mesh;

/// <summary>A mesh of processes.</summary>
public sealed class ProcessMeshFixture : MeshFixture
{
    /// <inheritdoc/>
    protected override string? WhyNot => RedisServerProcess.IsInstalled ? null : RedisServerProcess.SkipReason;

    /// <inheritdoc/>
    protected override IMeshHost Create(string model) => new ProcessMeshHost(model);
}
