using Phenaki.Trainer.StoryWorld.Art;

namespace Phenaki.Trainer.Tests.StoryWorld;

public sealed class ArtImporterTests
{
    [Fact]
    public void Import_FolderWithoutAnimations_NamesWhatIsMissing()
    {
        var folder = Directory.CreateTempSubdirectory("storyworld-art").FullName;
        try
        {
            var error = Assert.Throws<FileNotFoundException>(() => ArtImporter.Import(folder, Path.Combine(folder, "strips")));
            Assert.Contains("1f9f8.webp", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
