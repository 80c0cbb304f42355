using Phenaki.ServiceDefaults.Startup;
using Phenaki.Testing;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class ModelFolderPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Resolve_ConfiguredAndMissing_NamesFolderAndSetting()
    {
        var folder = Path.Combine(_folder.Path, "nowhere");
        var exception = Assert.Throws<StartupException>(() => ModelFolderPath.Resolve(folder, "text-encoder", "TextEncoder:Model"));
        Assert.Contains(folder, exception.Message, StringComparison.Ordinal);
        Assert.Contains("TextEncoder:Model", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_BesideTheProgram_WinsOverTheRepository()
    {
        var program = Directory.CreateDirectory(_folder.Of("services/x/bin"));
        var repository = Directory.CreateDirectory(_folder.Of("services/models/storyworld/text-encoder"));
        Assert.Equal(repository.FullName, ModelFolderPath.Resolve(null, "text-encoder", "TextEncoder:Model", program.FullName));
        var beside = program.CreateSubdirectory("models/storyworld/text-encoder");
        Assert.Equal(beside.FullName, ModelFolderPath.Resolve("", "text-encoder", "TextEncoder:Model", program.FullName));
    }

    [Fact]
    public void Resolve_NoModelAnywhere_NamesWhatWasLookedFor()
    {
        var exception = Assert.Throws<StartupException>(() => ModelFolderPath.Resolve(null, "text-encoder", "TextEncoder:Model", _folder.Path));
        Assert.Contains(Path.Combine(_folder.Path, "models", "storyworld", "text-encoder"), exception.Message, StringComparison.Ordinal);
    }
}
