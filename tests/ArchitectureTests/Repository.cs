namespace Phenaki.ArchitectureTests;

/// <summary>The files of this repository, without what a build leaves.</summary>
internal static class Repository
{
    private static readonly HashSet<string> LeftOut =
        new([".git", "bin", "obj", "artifacts", "node_modules", "TestResults", "__pycache__"], StringComparer.Ordinal);

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every project, by its name.</summary>
    public static IReadOnlyDictionary<string, Project> Projects { get; } =
        Files("*.csproj").Select(path => new Project(path)).ToDictionary(project => project.Name);

    /// <summary>Files with such a name, in the order of their paths.</summary>
    public static IEnumerable<string> Files(string pattern) => Walk(new DirectoryInfo(Root), pattern).Order(StringComparer.Ordinal);

    /// <summary>A path as it stands in messages: from the root, with slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Phenaki.Services.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' holds Phenaki.Services.sln.");
        }

        return folder.FullName;
    }

    private static IEnumerable<string> Walk(DirectoryInfo folder, string pattern) =>
        folder.EnumerateFiles(pattern).Where(file => file.Name != ".git").Select(file => file.FullName).Concat(
            folder.EnumerateDirectories()
                .Where(inner => !LeftOut.Contains(inner.Name) && inner.LinkTarget is null)
                .SelectMany(inner => Walk(inner, pattern)));
}
