using Phenaki.Testing;

namespace Phenaki.FunctionalTests;

/// <summary>Stories made by one process: what it says, and the cache that it leaves for the next.</summary>
public sealed class EmbeddedStoryTests : IDisposable
{
    private const int Timeout = 120_000;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes a model.</summary>
    public EmbeddedStoryTests() => StoryModel.Write(_folder.Of("model"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Story_OfASoundModel_IsToldWithoutALogOfItsServers()
    {
        var made = (await Cli.RunAsync(Story("made", "a teddy bear is swimming."), Token)).Succeeded();

        Assert.StartsWith("Loading the model.", made.Error, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\b(info|warn|fail|crit): ", made.Error);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_InASecondProcess_ComesFromTheCacheWhole()
    {
        var first = (await Cli.RunAsync(Story("first", "a teddy bear is swimming."), Token)).Succeeded();
        var second = (await Cli.RunAsync(Story("second", "a teddy bear is swimming."), Token)).Succeeded();

        Assert.True(first.ModelCalls > 0);
        Assert.Equal(0, second.ModelCalls);
        Assert.Equal(1, (int)second.Json["prompts_from_cache"]!);
        Assert.Equal(Cli.Frames(_folder.Of("first")), Cli.Frames(_folder.Of("second")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WhoseProcessWasKilled_ResumesAtTheBrokenClip()
    {
        string[] prompts = ["a bear walks.", "a bear dances."];
        string[] slow = ["--frames", "29", "--steps", "256"];
        await using (var killed = Cli.Start([.. Story("killed", prompts), .. slow]))
        {
            await killed.SaysAsync("Scene 2 of 2: ", Token);
            await killed.KillAsync();
        }

        var resumed = (await Cli.RunAsync([.. Story("resumed", prompts), .. slow], Token)).Succeeded();

        Assert.False(Directory.Exists(_folder.Of("killed")));
        Assert.InRange(resumed.SampledClips, 1, resumed.Clips - 3);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WhileAnotherProcessHasTheCache_IsMadeWithoutIt()
    {
        await using var holder = Cli.Start("serve", "--port", "0", "--model", _folder.Of("model"), "--device", "cpu", "--cache-dir", _folder.Of("cache"));
        await holder.SaysAsync("Listening at", Token);

        var result = (await Cli.RunAsync(Story("beside", "a panda walks."), Token)).Succeeded();

        Assert.Contains("Another process uses the cache folder", result.Error, StringComparison.Ordinal);
        Assert.Equal(17, Cli.Frames(_folder.Of("beside")).Count);
        await holder.SignalAsync("-TERM", Token);
        Assert.Equal(0, (await holder.EndAsync(Token)).ExitCode);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WithADamagedCache_IsMadeAnew()
    {
        (await Cli.RunAsync(Story("before", "a panda dances."), Token)).Succeeded();
        foreach (var file in Directory.EnumerateFiles(_folder.Of("cache", "data-v1"), "*", SearchOption.AllDirectories))
        {
            // Zeros over the middle of whatever is there.
            await using var stream = File.OpenWrite(file);
            stream.Position = stream.Length / 4;
            await stream.WriteAsync(new byte[stream.Length / 2], Token);
        }

        (await Cli.RunAsync(Story("after", "a panda dances."), Token)).Succeeded();

        Assert.Equal(Cli.Frames(_folder.Of("before")), Cli.Frames(_folder.Of("after")));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private IEnumerable<string> Story(string output, params string[] prompts) => Cli.Story(
        prompts, _folder.Of(output), "--model", _folder.Of("model"), "--device", "cpu", "--cache-dir", _folder.Of("cache"));
}
