using System.Text.RegularExpressions;
using Phenaki.Testing;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Phenaki.ContainerTests.Mesh;

/// <summary>docker/compose.yaml: the containers of the tests get their settings from it, so that it is the file itself that is tested.</summary>
internal sealed partial class ComposeFile
{
    private ComposeFile(Dictionary<string, ComposeService> services) => Services = services;

    /// <summary>Services by their names, which are also their names in the network.</summary>
    public IReadOnlyDictionary<string, ComposeService> Services { get; }

    /// <summary>Reads a file of the folder docker.</summary>
    /// <param name="name">As in compose.yaml.</param>
    /// <param name="variables">Variables by their names; those that are missing take the default that the file states.</param>
    public static ComposeFile Read(string name, IReadOnlyDictionary<string, string>? variables = null)
    {
        var text = Variable().Replace(
            File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docker", name)),
            match => variables?.GetValueOrDefault(match.Groups["name"].Value) ?? match.Groups["default"].Value);
        var yaml = new DeserializerBuilder().IgnoreUnmatchedProperties().Build();
        var file = yaml.Deserialize<Content>(new MergingParser(new Parser(new StringReader(text))));
        return new(file.Services);
    }

    [GeneratedRegex(@"\$\{(?<name>\w+):-(?<default>[^}]*)\}")]
    private static partial Regex Variable();

    private sealed class Content
    {
        [YamlMember(Alias = "services")]
        public Dictionary<string, ComposeService> Services { get; set; } = [];
    }
}
