namespace Phenaki.ContainerTests.Mesh;

/// <summary>A mesh of containers, as compose.yaml describes them.</summary>
public sealed class ContainerMeshFixture : MeshFixture
{
    /// <inheritdoc/>
    protected override string? WhyNot => ContainerImages.WhyNot;

    /// <inheritdoc/>
    protected override IMeshHost Create(string model) => new ContainerMeshHost(model);
}
