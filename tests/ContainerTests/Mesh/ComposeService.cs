using YamlDotNet.Serialization;

namespace Phenaki.ContainerTests.Mesh;

/// <summary>A service of compose.yaml, as far as the tests apply or check it.</summary>
public sealed class ComposeService
{
    /// <summary>The image, with variables such as <c>${NAME:-default}</c>.</summary>
    [YamlMember(Alias = "image")]
    public string Image { get; set; } = "";

    /// <summary>How the image is built; null for one that is pulled.</summary>
    [YamlMember(Alias = "build")]
    public ComposeBuild? Build { get; set; }

    /// <summary>Arguments of the program.</summary>
    [YamlMember(Alias = "command")]
    public List<string> Command { get; set; } = [];

    /// <summary>Variables.</summary>
    [YamlMember(Alias = "environment")]
    public Dictionary<string, string> Environment { get; set; } = [];

    /// <summary>True when the container cannot write to its root file system.</summary>
    [YamlMember(Alias = "read_only")]
    public bool ReadOnly { get; set; }

    /// <summary>User and group by number.</summary>
    [YamlMember(Alias = "user")]
    public string User { get; set; } = "";

    /// <summary>Capabilities taken away.</summary>
    [YamlMember(Alias = "cap_drop")]
    public List<string> CapDrop { get; set; } = [];

    /// <summary>As in no-new-privileges:true.</summary>
    [YamlMember(Alias = "security_opt")]
    public List<string> SecurityOpt { get; set; } = [];

    /// <summary>Folders in memory.</summary>
    [YamlMember(Alias = "tmpfs")]
    public List<string> Tmpfs { get; set; } = [];

    /// <summary>Ports that are open to this machine.</summary>
    [YamlMember(Alias = "ports")]
    public List<string> Ports { get; set; } = [];

    /// <summary>Folders and files that are mounted.</summary>
    [YamlMember(Alias = "volumes")]
    public List<string> Volumes { get; set; } = [];

    /// <summary>Profiles that it is started with; none for always.</summary>
    [YamlMember(Alias = "profiles")]
    public List<string> Profiles { get; set; } = [];
}
