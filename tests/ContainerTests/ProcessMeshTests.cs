using Phenaki.ContainerTests.Mesh;

namespace Phenaki.ContainerTests;

/// <summary>The mesh as processes.</summary>
public sealed class ProcessMeshTests(ProcessMeshFixture fixture) : MeshTests(fixture), IClassFixture<ProcessMeshFixture>;
