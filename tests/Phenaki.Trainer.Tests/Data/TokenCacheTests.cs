using Phenaki.Testing;
using Phenaki.Trainer.Data;

namespace Phenaki.Trainer.Tests.Data;

public sealed class TokenCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_AfterClosing_HasWhatWasAdded()
    {
        using (var cache = Open())
        {
            cache.Add([(1, [1, 2, 3]), (2, [4])]);
            cache.Add([(3, [5, 6])]);
        }

        using var again = Open();
        Assert.Equal(3, again.Count);
        Assert.Equal([1, 2, 3], again.Read(1));
        Assert.Equal([4], again.Read(2));
        Assert.Equal([5, 6], again.Read(3));
        Assert.False(again.Contains(4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(30)]
    public void Open_LastBlockNotWhole_LosesThatBlockAlone(int missing)
    {
        using (var cache = Open())
        {
            cache.Add([(1, [1, 2, 3])]);
            cache.Add([(2, [4, 5]), (3, [6, 7])]);
        }

        string file = Assert.Single(Directory.GetFiles(_folder.Path));
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..^missing]);
        using (var cut = Open())
        {
            Assert.Equal(1, cut.Count);
            cut.Add([(2, [4, 5]), (3, [6, 7])]);
        }

        Assert.Equal(bytes, File.ReadAllBytes(file));
    }

    [Fact]
    public void Add_Full_TakesNoMore()
    {
        using var cache = TokenCache.Open(_folder.Path, "f", 100);
        cache.Add([(1, [1, 2, 3])]);
        cache.Add([(2, new int[100])]);
        Assert.Equal((1, true, false), (cache.Count, cache.Contains(1), cache.Contains(2)));
    }

    [Fact]
    public void Open_AnotherTokenizer_HasACacheOfItsOwn()
    {
        using var cache = Open();
        cache.Add([(1, [1])]);
        using var other = TokenCache.Open(_folder.Path, "other", 1000);
        Assert.Equal(0, other.Count);
    }

    private TokenCache Open() => TokenCache.Open(_folder.Path, "f", 10_000);
}
