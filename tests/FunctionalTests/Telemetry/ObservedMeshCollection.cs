namespace Phenaki.FunctionalTests.Telemetry;

/// <summary>One observed mesh for all tests that look at it.</summary>
[CollectionDefinition(nameof(ObservedMesh))]
public sealed class ObservedMeshCollection : ICollectionFixture<ObservedMesh>;
