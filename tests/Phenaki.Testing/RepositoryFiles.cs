namespace Phenaki.Testing;

/// <summary>Finds files of the repository from a test's output folder.</summary>
public static class RepositoryFiles
{
    /// <summary>The folder that holds Phenaki.Services.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A folder or file under tests/Fixtures.</summary>
    public static string Fixture(params string[] parts) => Path.Combine([Root, "tests", "Fixtures", .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Phenaki.Services.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"Phenaki.Services.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
