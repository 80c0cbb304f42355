using Phenaki.ServiceDefaults.Startup;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class ModelFolderPathTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("phenaki-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Resolve_ConfiguredAndMissing_NamesFolderAndSetting()
    {
        var folder = Path.Combine(_root.FullName, "nowhere");
        var exception = Assert.Throws<StartupException>(() => ModelFolderPath.Resolve(folder, "text-encoder", "TextEncoder:Model"));
        Assert.Contains(folder, exception.Message, StringComparison.Ordinal);
        Assert.Contains("TextEncoder:Model", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_BesideTheProgram_WinsOverTheRepository()
    {
        var program = _root.CreateSubdirectory("services/x/bin");
        var repository = _root.CreateSubdirectory("services/models/storyworld/text-encoder");
        Assert.Equal(repository.FullName, ModelFolderPath.Resolve(null, "text-encoder", "TextEncoder:Model", program.FullName));
        var beside = program.CreateSubdirectory("models/storyworld/text-encoder");
        Assert.Equal(beside.FullName, ModelFolderPath.Resolve("", "text-encoder", "TextEncoder:Model", program.FullName));
    }

    [Fact]
    public void Resolve_NoModelAnywhere_NamesWhatWasLookedFor()
    {
        var exception = Assert.Throws<StartupException>(() => ModelFolderPath.Resolve(null, "text-encoder", "TextEncoder:Model", _root.FullName));
        Assert.Contains(Path.Combine(_root.FullName, "models", "storyworld", "text-encoder"), exception.Message, StringComparison.Ordinal);
    }
}
