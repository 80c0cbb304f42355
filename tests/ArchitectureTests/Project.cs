using System.Xml.Linq;

namespace Phenaki.ArchitectureTests;

/// <summary>What a project file says.</summary>
internal sealed class Project(string path)
{
    private readonly XDocument _file = XDocument.Load(path);

    public string Path => path;

    public string Name { get; } = System.IO.Path.GetFileNameWithoutExtension(path);

    public bool IsTest => Repository.Relative(path).StartsWith("tests/", StringComparison.Ordinal);

    /// <summary>True for a service, the cli and the trainer; false for what they share.</summary>
    public bool IsProgram => !IsTest && !Repository.Relative(path).StartsWith("services/shared/", StringComparison.Ordinal);

    /// <summary>Names of the projects that it references.</summary>
    public IReadOnlyList<string> References =>
        [.. Items("ProjectReference").Select(item => System.IO.Path.GetFileNameWithoutExtension(Value(item).Replace('\\', '/')))];

    /// <summary>Names of the packages that it references for its own code; tools of the build are left out.</summary>
    public IReadOnlyList<string> Packages =>
        [.. Items("PackageReference").Where(item => (string?)item.Attribute("PrivateAssets") != "all").Select(Value)];

    /// <summary>References that state a version.</summary>
    public IEnumerable<string> VersionedReferences => Items("PackageReference")
        .Where(item => item.Attribute("Version") is not null || item.Attribute("VersionOverride") is not null || item.Elements().Any())
        .Select(Value);

    /// <summary>The project and all that it references, over any number of steps.</summary>
    public IReadOnlyList<Project> Closure
    {
        get
        {
            var found = new Dictionary<string, Project> { [Name] = this };
            var open = new Queue<Project>([this]);
            while (open.TryDequeue(out var project))
            {
                foreach (string reference in project.References)
                {
                    if (found.TryAdd(reference, Repository.Projects[reference]))
                    {
                        open.Enqueue(Repository.Projects[reference]);
                    }
                }
            }

            return [.. found.Values];
        }
    }

    private static string Value(XElement item) => (string)item.Attribute("Include")!;

    private IEnumerable<XElement> Items(string name) => _file.Descendants(name).Where(item => item.Attribute("Include") is not null);
}
