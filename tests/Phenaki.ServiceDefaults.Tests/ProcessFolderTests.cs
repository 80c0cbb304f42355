using Phenaki.ServiceDefaults.Hosting;
using Phenaki.Testing;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class ProcessFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Folder_OfAProcessThatWasKilled_IsDeletedByTheNext()
    {
        using var living = ProcessFolder.Create(_folder.Path, "living");

        // What a kill leaves: files, and a lock that nobody holds.
        var left = Directory.CreateDirectory(_folder.Of("phenaki-run-left")).FullName;
        File.WriteAllText(Path.Combine(left, "process.lock"), "");
        File.WriteAllText(Path.Combine(left, "a.mp4"), "a");
        using (var next = ProcessFolder.Create(_folder.Path, "next"))
        {
            Assert.Equal([living.Path, next.Path], Directory.GetDirectories(_folder.Path).Order(StringComparer.Ordinal));
        }

        Assert.Equal([living.Path], Directory.GetDirectories(_folder.Path));
    }

    [Fact]
    public void Folder_WithoutALock_IsLeftAlone()
    {
        // Of a process that is just beginning, or of no process of ours.
        var other = Directory.CreateDirectory(_folder.Of("phenaki-run-other")).FullName;
        using (ProcessFolder.Create(_folder.Path, "next"))
        {
            Assert.True(Directory.Exists(other));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
