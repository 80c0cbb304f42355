using System.Diagnostics;
using Grpc.Net.Client;
using Phenaki.Story.V1;
using Phenaki.Testing;

namespace Phenaki.FunctionalTests;

/// <summary><c>phenaki direct</c> that is ended by Ctrl-C, or by a kill.</summary>
public sealed class InterruptedDirectionTests : IDisposable
{
    private const int Timeout = 240_000;

    // As shells count what Ctrl-C has ended.
    private const int Cancelled = 130;

    // Long enough to be interrupted.
    private static readonly string[] Long = ["--frames", "200", "--steps", "192", "--scale", "1"];

    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes a model.</summary>
    public InterruptedDirectionTests()
    {
        StoryModel.Write(_folder.Of("model"));
        Directory.CreateDirectory(_folder.Of("tmp"));
        Directory.CreateDirectory(_folder.Of("video"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string[] Embedded => ["direct", "-o", _folder.Of("video", "story.mp4"), "--model", _folder.Of("model"), "--device", "cpu", "--cache-dir", _folder.Of("cache"), .. Long];

    private Dictionary<string, string> Environment => new() { ["TMPDIR"] = _folder.Of("tmp") };

    [Theory(Timeout = Timeout)]
    [InlineData(null, "Type what happens first")]
    [InlineData("a bear walks on mars.", "Scene 1: a bear walks on mars.")]
    public async Task CtrlC_InOneProcess_EndsItAndLeavesNothing(string? line, string sign)
    {
        await using var direct = ProgramProcess.Start("cli", "phenaki", Embedded, Environment);
        if (line is not null)
        {
            await direct.TypeAsync(line, Token);
        }

        await direct.SaysAsync(sign, Token);
        await direct.SignalAsync("-INT", Token);
        var result = await direct.EndAsync(Token);

        Assert.Equal((Cancelled, ""), (result.ExitCode, result.Output));
        Assert.EndsWith("Cancelled.", result.Error.TrimEnd(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Of("video")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Of("tmp"), "phenaki-*"));
    }

    [Fact(Timeout = Timeout)]
    public async Task CtrlC_OverTheNetwork_CancelsTheStoryThatNobodyDirectsAnyMore()
    {
        await using var redis = await RedisServerProcess.StartAsync(Token, "--appendonly", "yes");
        await using var mesh = await new ReplicatedMesh("--redis", redis.Address, "--Stories:AdvertisedAddress=127.0.0.1").StartAsync(Token);
        var address = mesh.Orchestrators[0].Address;
        using var channel = GrpcChannel.ForAddress(address);
        var service = new StoryService.StoryServiceClient(channel);

        // Until stories are kept, directing waits for them.
        await using var direct = Cli.Start(["direct", "a bear walks on mars.", "-o", _folder.Of("remote"), "--address", address, .. Long]);
        await direct.SaysAsync("Scene 1: a bear walks on mars.", Token);
        await direct.SignalAsync("-INT", Token);
        Assert.Equal(Cancelled, (await direct.EndAsync(Token)).ExitCode);
        Assert.False(Path.Exists(_folder.Of("remote")));
        var stories = await service.ListStoriesAsync(new(), cancellationToken: Token);
        Assert.Equal(StoryState.Cancelled, Assert.Single(stories.Stories).State);
    }

    [Fact(Timeout = Timeout)]
    public async Task CtrlC_OnATerminal_LeavesItAsItWas()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "There is no program script to have a terminal from.");
        var settings = (Before: _folder.Of("before"), After: _folder.Of("after"));
        var command = string.Join(' ', Embedded.Prepend(ProgramProcess.PathOf("cli", "phenaki")).Select(word => $"'{word}'"));

        // The shell outlives the key, which reaches all that is in the foreground; what the program answers is its own.
        await File.WriteAllTextAsync(
            _folder.Of("session"), $"trap : INT\nstty -g > '{settings.Before}'\ndotnet {command}\necho code=$?\nstty -g > '{settings.After}'\n", Token);
        var start = new ProcessStartInfo("script") { ArgumentList = { "-qec", $"sh '{_folder.Of("session")}'", "/dev/null" } };
        start.Environment["TMPDIR"] = _folder.Of("tmp");
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["TERM"] = "xterm";
        await using var terminal = ProgramProcess.Start(start);
        await terminal.SaysAsync("Type what happens first", Token);
        await terminal.TypeAsync("a bear walks on mars.", Token);
        await terminal.SaysAsync("Scene 1: a bear walks on mars.", Token);
        await terminal.TypeAsync("\u0003", Token);
        await terminal.SaysAsync($"code={Cancelled}", Token);
        await terminal.EndAsync(Token);
        Assert.Equal(await File.ReadAllTextAsync(settings.Before, Token), await File.ReadAllTextAsync(settings.After, Token));
        Assert.Contains("Cancelled.", terminal.Said, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Folders_OfAProcessThatWasKilled_AreDeletedByTheNext()
    {
        await using (var killed = ProgramProcess.Start("cli", "phenaki", Embedded, Environment))
        {
            await killed.TypeAsync("a bear walks on mars.", Token);
            await killed.SaysAsync("Scene 1: a bear walks on mars.", Token);
            await killed.KillAsync();
        }

        var left = Folders();
        Assert.NotEmpty(left);

        // The first waits while the second looks.
        await using var living = ProgramProcess.Start("cli", "phenaki", Embedded, Environment);
        await living.SaysAsync("Type what happens first", Token);
        Assert.Empty(Folders().Intersect(left));
        var own = Folders();
        await using (var next = ProgramProcess.Start("cli", "phenaki", [.. Embedded.Where(word => word != "--cache-dir" && word != _folder.Of("cache")), "--no-cache"], Environment))
        {
            await next.SaysAsync("Type what happens first", Token);
            Assert.Equal(own, Folders().Intersect(own));
        }

        string[] Folders() => [.. Directory.GetDirectories(_folder.Of("tmp"), "phenaki-*").Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
