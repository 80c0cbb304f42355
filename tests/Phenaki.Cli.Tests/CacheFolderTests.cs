using Phenaki.Cli.Hosting;
using Phenaki.Testing;

namespace Phenaki.Cli.Tests;

public sealed class CacheFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void TryTake_WhileTaken_IsRefusedUntilItIsGivenBack()
    {
        using (CacheFolder.TryTake(_folder.Of("cache")))
        {
            Assert.Null(CacheFolder.TryTake(_folder.Of("cache")));
        }

        using var again = CacheFolder.TryTake(_folder.Of("cache"));
        Assert.NotNull(again);
    }

    [Fact]
    public void TryTake_WhereAFileIs_SaysSo()
    {
        File.WriteAllText(_folder.Of("file"), "");

        Assert.ThrowsAny<IOException>(() => CacheFolder.TryTake(_folder.Of("file")));
    }

    [Fact]
    public void Clear_WithData_KeepsTheLock()
    {
        using var cache = CacheFolder.TryTake(_folder.Of("cache"))!;
        Directory.CreateDirectory(cache.DataPath);
        File.WriteAllText(Path.Combine(cache.DataPath, "data"), "");

        cache.Clear();

        Assert.False(Directory.Exists(cache.DataPath));
        Assert.Null(CacheFolder.TryTake(_folder.Of("cache")));
    }

    [Theory]
    [InlineData("/tmp/xdg", "/tmp/xdg/phenaki")]
    [InlineData("relative", null)]
    [InlineData(null, null)]
    public void Default_OnLinux_FollowsTheXdgSpecification(string? variable, string? expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the XDG folders are Linux's");
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "phenaki");

        Assert.Equal(expected ?? home, CacheFolder.Default(_ => variable));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
