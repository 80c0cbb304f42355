using Phenaki.Cli.Keys;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Testing;

namespace Phenaki.Cli.Tests;

public sealed class KeyStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string KeyFile => _folder.Of("keys.json");

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Add_SeveralKeys_AreInTheFileThatOnlyItsOwnerReads()
    {
        await KeyStore.AddAsync(KeyFile, Entry("a"), Cancellation);
        await KeyStore.AddAsync(KeyFile, Entry("b"), Cancellation);
        Assert.Equal(["a", "b"], (await ReadAsync()).Select(key => key.Id));
        Assert.Equal([KeyFile], Directory.GetFiles(_folder.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Add_AnIdThatIsThere_IsRefused()
    {
        await KeyStore.AddAsync(KeyFile, Entry("a"), Cancellation);
        await Assert.ThrowsAsync<CliException>(() => KeyStore.AddAsync(KeyFile, Entry("a"), Cancellation));
        Assert.Single(await ReadAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Revoke_OneOfTwo_LeavesTheOther()
    {
        await KeyStore.AddAsync(KeyFile, Entry("a"), Cancellation);
        await KeyStore.AddAsync(KeyFile, Entry("b"), Cancellation);
        await KeyStore.RevokeAsync(KeyFile, "a", Cancellation);
        Assert.Equal([true, false], (await ReadAsync()).Select(key => key.Revoked));
        await Assert.ThrowsAsync<CliException>(() => KeyStore.RevokeAsync(KeyFile, "c", Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task Add_ToAFileThatIsNone_LeavesItAlone()
    {
        await File.WriteAllTextAsync(KeyFile, "not json", Cancellation);
        await Assert.ThrowsAsync<CliException>(() => KeyStore.AddAsync(KeyFile, Entry("a"), Cancellation));
        Assert.Equal("not json", await File.ReadAllTextAsync(KeyFile, Cancellation));
    }

    private static ApiKeyEntry Entry(string id) => new() { Id = id, Sha256 = ApiKey.Hash(id) };

    private async Task<IReadOnlyList<ApiKeyEntry>> ReadAsync() => ApiKeyFile.Parse(await File.ReadAllBytesAsync(KeyFile, Cancellation)).Keys;
}
