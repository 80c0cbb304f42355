using YamlDotNet.Serialization;

namespace Phenaki.ContainerTests.Mesh;

/// <summary>How compose builds an image.</summary>
public sealed class ComposeBuild
{
    /// <summary>The stage of the Dockerfile.</summary>
    [YamlMember(Alias = "target")]
    public string Target { get; set; } = "";

    /// <summary>Path of the Dockerfile from the context.</summary>
    [YamlMember(Alias = "dockerfile")]
    public string Dockerfile { get; set; } = "";

    /// <summary>Arguments of the build.</summary>
    [YamlMember(Alias = "args")]
    public Dictionary<string, string> Args { get; set; } = [];
}
