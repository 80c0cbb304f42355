using System.Globalization;
using System.Text.Json.Nodes;
using Phenaki.Testing;

namespace Phenaki.FunctionalTests;

/// <summary>Every part on its own, as the command line gives it.</summary>
public sealed class SinglePartTests : IDisposable
{
    private const int Timeout = 120_000;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes a model.</summary>
    public SinglePartTests() => StoryModel.Write(_folder.Of("model"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task EncodePrompt_OfTheFixture_GivesItsNumbers()
    {
        var fixture = JsonNode.Parse(await File.ReadAllTextAsync(RepositoryFiles.Fixture("t5-tiny-gated", "cases.json"), Token))!;
        var cases = (fixture as JsonArray ?? fixture["cases"]!.AsArray()).Take(4).ToList();

        var result = (await Cli.RunAsync(
            ["encode-prompt", "--json", "--device", "cpu", "--model", RepositoryFiles.Fixture("t5-tiny-gated"), "--", .. cases.Select(c => (string)c!["text"]!)],
            Token)).Succeeded();

        var lines = result.Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(cases.Count, lines.Count);
        foreach (var (expected, actual) in cases.Zip(lines))
        {
            Assert.Equal((string)expected!["text"]!, (string)actual["text"]!);
            Assert.Equal(expected["ids"]!.ToJsonString(), actual["ids"]!.ToJsonString());
            Assert.Equal(actual["ids"]!.AsArray().Count, actual["embedding"]!.AsArray().Count);
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Sample_DecodedByItself_IsTheFirstClipOfTheStory()
    {
        var tokens = _folder.Of("tokens.json");
        var sampled = (await Cli.RunAsync(["sample", "a bear walks.", "--seed", "7", "--json", "--model", _folder.Of("model"), "--device", "cpu"], Token)).Succeeded();
        await File.WriteAllTextAsync(tokens, sampled.Output, Token);

        (await Cli.RunAsync(["decode-tokens", tokens, "-o", _folder.Of("decoded"), "--model", _folder.Of("model"), "--device", "cpu"], Token)).Succeeded();
        (await Cli.RunAsync(Cli.Story(
            ["a bear walks."], _folder.Of("story"), "--frames", StoryModel.ClipFrames.ToString(CultureInfo.InvariantCulture),
            "--model", _folder.Of("model"), "--device", "cpu", "--no-cache"), Token)).Succeeded();

        Assert.Equal(Cli.Frames(_folder.Of("story")), Cli.Frames(_folder.Of("decoded")));
    }

    [Fact(Timeout = Timeout)]
    public async Task EncodeVideo_OfAStory_GivesAGridForEachLatentFrame()
    {
        (await Cli.RunAsync(Cli.Story(
            ["a bear walks."], _folder.Of("story"), "--frames", "12", "--model", _folder.Of("model"), "--device", "cpu", "--no-cache"), Token)).Succeeded();

        var encoded = (await Cli.RunAsync(["encode-video", _folder.Of("story"), "--json", "--model", _folder.Of("model"), "--device", "cpu"], Token)).Succeeded();

        var latentFrames = encoded.Json.AsArray();
        Assert.Equal(6, latentFrames.Count);
        Assert.All(latentFrames, frame => Assert.Equal(StoryModel.Grid, frame!.AsArray().Count));
        Assert.All(latentFrames, frame => Assert.All(frame!.AsArray(), row => Assert.Equal(StoryModel.Grid, row!.AsArray().Count)));
        Assert.Contains("the last 1 of 12 frames are left out", encoded.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Model_ShownAndVerified_IsWhole()
    {
        var shown = (await Cli.RunAsync(["model", "show", _folder.Of("model"), "--json"], Token)).Succeeded();
        (await Cli.RunAsync(["model", "verify", _folder.Of("model"), "--device", "cpu"], Token)).Succeeded();

        var cards = shown.Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["t5", "c-vivit", "maskgit"], cards.Select(card => (string)card["type"]!));
        Assert.All(cards, card => Assert.Equal(64, ((string)card["fingerprint"]!).Length));
        Assert.All(cards, card => Assert.True((long)card["parameters"]! > 0));
    }

    [Fact(Timeout = Timeout)]
    public async Task ModelVerify_OfWeightsThatHoldNaN_NamesTheTensor()
    {
        // The last four bytes of a safetensors file are a number of its last tensor.
        var weights = _folder.Of("model", "masked-transformer", "model.safetensors");
        await using (var file = File.Open(weights, FileMode.Open))
        {
            file.Position = file.Length - sizeof(float);
            await file.WriteAsync(BitConverter.GetBytes(float.NaN), Token);
        }

        var result = await Cli.RunAsync(["model", "verify", _folder.Of("model"), "--device", "cpu"], Token);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(weights, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("story.mp4")]
    [InlineData("story.webp")]
    [InlineData("story.gif")]
    public async Task Story_ToEachKindOfFile_WritesIt(string name)
    {
        var result = (await Cli.RunAsync(Cli.Story(
            ["a bear walks."], _folder.Of(name), "--frames", "3", "--model", _folder.Of("model"), "--device", "cpu", "--no-cache"), Token)).Succeeded();

        Assert.Equal(_folder.Of(name), (string)result.Json["files"]![0]!);
        Assert.True(new FileInfo(_folder.Of(name)).Length > 0);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WithWordsThatTheModelLacks_WarnsOfThem()
    {
        var result = await Cli.RunAsync(
            ["story", "a giraffe walks.", "-o", _folder.Of("giraffe"), "--frames", "1", "--model", _folder.Of("model"), "--device", "cpu", "--no-cache"], Token);

        Assert.Contains("giraffe", result.Succeeded().Error, StringComparison.Ordinal);
        Assert.Contains("--seed ", result.Output, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
