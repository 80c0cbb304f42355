namespace Phenaki.ContainerTests.Mesh;

/// <summary>What a mesh is made of.</summary>
public enum MeshPart
{
    /// <summary>The cache.</summary>
    Redis,

    /// <summary>The Redis that keeps the stories that outlive their clients, on disk.</summary>
    Stories,

    /// <summary>The text encoder.</summary>
    TextEncoder,

    /// <summary>The video tokenizer.</summary>
    VideoTokenizer,

    /// <summary>The masked transformer.</summary>
    MaskedTransformer,

    /// <summary>The orchestrator.</summary>
    Orchestrator,
}
