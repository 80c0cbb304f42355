using System.Xml.Linq;

namespace Phenaki.ArchitectureTests;

/// <summary>Project files stay small, and what is said once is said in one place.</summary>
public sealed class ProjectFileTests
{
    private const int MaxProjectLines = 40;
    private const int MaxProgramLines = 25;

    [Fact]
    public void ProjectFiles_Each_AreShort() => Assert.Empty(LongerThan(MaxProjectLines, "*.csproj"));

    [Fact]
    public void ProgramFiles_Each_AreATableOfContents() => Assert.Empty(LongerThan(MaxProgramLines, "Program.cs"));

    [Fact]
    public void Versions_OfPackages_StandInOnePlace()
    {
        Assert.Empty(Repository.Projects.Values.SelectMany(project => project.VersionedReferences.Select(package => $"{project.Name}: {package}")));
        Assert.Empty(
            from path in Repository.Files("*.props").Concat(Repository.Files("*.targets"))
            where Path.GetFileName(path) != "Directory.Packages.props"
            from element in XDocument.Load(path).Descendants()
            where element.Name.LocalName == "PackageVersion" || (element.Name.LocalName == "PackageReference" && element.Attribute("Version") is not null)
            select $"{Repository.Relative(path)}: {(string?)element.Attribute("Include")}");
    }

    [Fact]
    public void Solution_Always_HoldsEveryProjectOnce()
    {
        string[] listed = [.. File.ReadLines(Path.Combine(Repository.Root, "Phenaki.Services.sln"))
            .Where(line => line.StartsWith("Project(", StringComparison.Ordinal) && line.Contains(".csproj", StringComparison.Ordinal))
            .Select(line => line.Split('"')[5].Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];
        Assert.Equal(Repository.Projects.Values.Select(project => Repository.Relative(project.Path)).Order(StringComparer.Ordinal), listed);
    }

    private static IEnumerable<string> LongerThan(int most, string pattern) =>
        from path in Repository.Files(pattern)
        let lines = File.ReadLines(path).Count()
        where lines > most
        select $"{Repository.Relative(path)} has {lines} lines; at most {most} are allowed";
}
