namespace Phenaki.ClientTests;

/// <summary>What a client in any language can do, against the services as processes.</summary>
public abstract class ClientContract(ClientMesh services, ClientLanguage language)
{
    private const int Timeout = 240_000;
    private const int Usage = 2;
    private const int Cancelled = 130;

    // As long as anybody would ask for; every test breaks it off.
    private static readonly string[] Endless = ["--frames", "10000", "--steps", "256"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task FirstVideo_AsTheReadmeShowsIt_IsMade()
    {
        var client = await services.ClientAsync(language, Token);
        var source = client.Text(language.FirstVideo);
        Assert.InRange(source.TrimEnd().Split('\n').Length, 1, 20);
        Assert.Contains($"\n{source}```", client.Readme, StringComparison.Ordinal);

        (await client.RunAsync(client.Block("first-video"), Token, services.Address)).Succeeded();

        Assert.Equal(2 * 17, (await VideoFrames.HashesAsync(client.Of("story.mp4"), Token)).Count);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_OfTwoScenes_HasTheFramesOfTheCommand()
    {
        var client = await services.ClientAsync(language, Token);
        string[] prompts = [$"a bear walks in {language.Folder}.", "the bear dances on mars."];
        var frames = services.Mesh.Of($"{language.Folder}-reference");

        // Animated PNG: nothing is lost.
        var result = await RunAsync(client, [.. prompts, "-o", client.Of("same.apng"), "--seed", "7"]);
        (await services.Mesh.StoryAsync(prompts, frames, [], Token)).Succeeded();

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("34 frames", result.Output, StringComparison.Ordinal);
        Assert.Contains("Scene 2 of 2: the bear dances on mars.", result.Error, StringComparison.Ordinal);
        Assert.Contains("step 3 of 3", result.Error, StringComparison.Ordinal);
        Assert.Equal(
            await VideoFrames.HashesAsync(Path.Combine(frames, "frame-%05d.png"), Token), await VideoFrames.HashesAsync(client.Of("same.apng"), Token));
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_Interrupted_LeavesNothingAndFreesTheService()
    {
        var client = await services.ClientAsync(language, Token);
        await using (var process = client.Start(["a bear walks.", "-o", client.Of("cancelled.mp4"), "--address", services.Address, .. Endless]))
        {
            await process.SaysAsync("clip 2 of ", Token);
            await process.SignalAsync("-INT", Token);
            var result = await process.EndAsync(Token);
            Assert.True(result.ExitCode == Cancelled, result.Error);
            Assert.EndsWith("Cancelled.\n", result.Error, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFiles(client.Of("."), "*cancelled*"));

        // One story at a time: were the cancelled one still being made, this one would give up.
        Assert.Equal(0, (await RunAsync(client, ["a bear dances.", "-o", client.Of("after.mp4")])).ExitCode);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WithWrongFields_NamesEachOfThem()
    {
        var client = await services.ClientAsync(language, Token);

        var result = await RunAsync(client, ["", "a bear walks.", "--frames", "20000", "-o", client.Of("wrong.mp4")]);

        Assert.Equal(Usage, result.ExitCode);
        Assert.Contains("INVALID_ARGUMENT: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("  scenes[0].prompt: has 0 characters; allowed are 1 to 4096.", result.Error, StringComparison.Ordinal);
        Assert.Contains("  scenes[0].frames: is 20000;", result.Error, StringComparison.Ordinal);
        Assert.Contains("  scenes[1].frames: is 20000;", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Asking again", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(client.Of("."), "*wrong*"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WhileTheServiceIsBusy_AsksAgainWhenTold()
    {
        var client = await services.ClientAsync(language, Token);
        await using var busy = client.Start([$"the panda walks.", "-o", client.Of("busy.mp4"), "--address", services.Address, .. Endless]);
        await busy.SaysAsync("clip 1 of ", Token);

        await using var waiting = client.Start("the panda dances.", "-o", client.Of("waited.mp4"), "--address", services.Address);
        await waiting.SaysAsync("RESOURCE_EXHAUSTED: ", Token);
        await waiting.SaysAsync("Asking again in 2 seconds.", Token);
        await busy.SignalAsync("-INT", Token);

        Assert.Equal(Cancelled, (await busy.EndAsync(Token)).ExitCode);
        (await waiting.EndAsync(Token)).Succeeded();
        Assert.True(File.Exists(client.Of("waited.mp4")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WhereNobodyListens_FailsWithoutDetails()
    {
        var client = await services.ClientAsync(language, Token);
        await using var process = client.Start("a bear.", "-o", client.Of("nobody.mp4"), "--address", "127.0.0.1:1");

        var result = await process.EndAsync(Token);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("UNAVAILABLE: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Asking again", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_OverTlsWithCertificateAndKey_IsMade()
    {
        var client = await services.ClientAsync(language, Token);
        var secured = await services.SecuredAsync(Token);
        await using var process = client.Start(["a red bear.", "-o", client.Of("secured.mp4"), "--api-key", secured.Key, .. secured.Arguments]);

        (await process.EndAsync(Token)).Succeeded();

        Assert.Equal(17, (await VideoFrames.HashesAsync(client.Of("secured.mp4"), Token)).Count);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_OverTlsWithoutKey_TellsTheReason()
    {
        var client = await services.ClientAsync(language, Token);
        var secured = await services.SecuredAsync(Token);
        await using var process = client.Start(["a red bear.", "-o", client.Of("no-key.mp4"), .. secured.Arguments]);

        var result = await process.EndAsync(Token);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("UNAUTHENTICATED: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("  reason API_KEY_MISSING", result.Error, StringComparison.Ordinal);
    }

    private async Task<ProgramResult> RunAsync(ClientFolder client, IEnumerable<string> arguments)
    {
        await using var process = client.Start(arguments.Concat(["--address", services.Address]));
        return await process.EndAsync(Token);
    }
}
