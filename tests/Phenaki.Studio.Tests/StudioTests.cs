using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Phenaki.Studio.Tests;

/// <summary>The studio in a browser, in front of a server that runs.</summary>
public sealed class StudioTests(Chromium chromium, ServedStudio studio) : IClassFixture<Chromium>, IClassFixture<ServedStudio>
{
    private const int Timeout = 420_000;
    private const int SceneFrames = 17;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Story_ThatIsTyped_BecomesAFilmThatPlays()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a teddy bear walks on mars.", "the teddy bear dances.");
        await StudioVisit.SaysAsync(visit.Page.Locator(".summary"), "2 scenes");
        var id = await visit.MakeAsync();
        await visit.CompleteAsync();

        // It plays by itself: other frames come to be seen.
        var time = visit.Page.Locator(".time");
        var seen = await time.TextContentAsync();
        await Expect(time).Not.ToHaveTextAsync(seen!);
        await visit.AssertWholeAsync(id, 2 * SceneFrames, Token);
        await Expect(visit.Chips).ToHaveTextAsync(["Made", "Made"]);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WithAnEditedScene_TellsWhatIsKeptAndRunsTheRest()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a panda walks on mars.", "the panda dances.", "the panda is under water.");
        var first = await visit.MakeAsync();
        await visit.CompleteAsync();

        await visit.Prompts.Nth(1).FillAsync("the panda is swimming.");
        await Expect(visit.Chips).ToHaveTextAsync(["Kept", "Runs again", "Runs again"]);
        await StudioVisit.SaysAsync(visit.Page.Locator(".summary"), "1 scene is kept, 2 run again.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Undo changes" }).ClickAsync();
        await Expect(visit.Make).ToBeDisabledAsync();

        await visit.Prompts.Nth(1).FillAsync("the panda is swimming.");
        var second = await visit.MakeAsync();
        await visit.CompleteAsync();
        await Expect(visit.Chips).ToHaveTextAsync(["Kept", "Made", "Made"]);
        var (before, after) = (await studio.FramesAsync(first, Token), await studio.FramesAsync(second, Token));
        Assert.Equal(before.Take(SceneFrames), after.Take(SceneFrames));
        Assert.NotEqual(before.Skip(SceneFrames), after.Skip(SceneFrames));
    }

    [Fact(Timeout = Timeout)]
    public async Task Scene_WithAnotherTake_KeepsWhatIsBefore()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a bear dances.", "the bear walks.");
        var first = await visit.MakeAsync();
        await visit.CompleteAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Another take of scene 2" }).ClickAsync();
        await Expect(visit.Chips).ToHaveTextAsync(["Kept", "Runs again"]);
        var second = await visit.MakeAsync();
        await visit.CompleteAsync();
        await Expect(visit.Chips).ToHaveTextAsync(["Kept", "Made"]);
        var story = await studio.StoryAsync(second, Token);
        Assert.Equal((string)(await studio.StoryAsync(first, Token))["seed"]!, (string)story["seed"]!);
        Assert.Equal(await visit.Page.Locator(".scene-seed input").Nth(1).InputValueAsync(), (string)story["request"]!["scenes"]![1]!["seed"]!);
        Assert.Null(story["request"]!["scenes"]![0]!["seed"]);
        Assert.NotEqual((await studio.FramesAsync(first, Token))[^1], (await studio.FramesAsync(second, Token))[^1]);
    }

    [Fact(Timeout = Timeout)]
    public async Task Scene_OfAnotherLength_KeepsTheClipsThatItShares()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a red bear dances.", "the red bear walks.");
        await visit.MakeAsync();
        await visit.CompleteAsync();

        // 17 frames are clips of 11 and 6 at the beginning, of 6, 6 and 5 later; 34 are 11, 6, 6, 6 and 5.
        await visit.LengthenAsync(0, "4.25");
        await Expect(visit.Chips).ToHaveTextAsync(["2 of 5 clips kept", "Runs again"]);
        await StudioVisit.SaysAsync(visit.Page.Locator(".summary"), "1 scene is kept in part, 1 runs again.");
        var longer = await visit.MakeAsync();
        await visit.CompleteAsync();
        await Expect(visit.Chips).ToHaveTextAsync(["2 of 5 clips kept", "Made"]);
        Assert.Equal([[true, true, false, false, false], [false, false, false]], await studio.ClipsFromCacheAsync(longer, Token));
        Assert.StartsWith("2 of 5 clips came from the cache, 3 clips were made in", await visit.Chips.First.GetAttributeAsync("title"), StringComparison.Ordinal);

        // A scene that ends with one of its clips is kept as a whole.
        await visit.LengthenAsync(1, "1.5");
        await Expect(visit.Chips).ToHaveTextAsync(["Kept", "Kept"]);
        await StudioVisit.SaysAsync(visit.Page.Locator(".summary"), "2 scenes are kept.");
        var shorter = await visit.MakeAsync();
        await visit.CompleteAsync();
        await Expect(visit.Chips).ToHaveTextAsync(["Kept", "Kept"]);
        Assert.Equal([[true, true, true, true, true], [true, true]], await studio.ClipsFromCacheAsync(shorter, Token));
    }

    [Fact(Timeout = Timeout)]
    public async Task Scenes_OfAStoryThatWasStopped_AreNotSaidToBeKept()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a red panda dances.", "the red panda walks on mars.", "the red panda is under water.", "the red panda walks.");
        await visit.SetStepsAsync(250);

        // So long that no Stop comes too late; it is never made whole.
        await visit.LengthenAsync(1, "1000");
        await visit.MakeAsync();
        await visit.FramesAsync(1);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();
        await StudioVisit.SaysAsync(visit.State, "Stopped");
        await visit.Prompts.Nth(3).FillAsync("the red panda is in the ocean.");
        await Expect(visit.Chips.Nth(2)).ToHaveTextAsync("Not made yet");
        await Expect(visit.Chips.Nth(3)).ToHaveTextAsync("Not made yet");
        await visit.Page.ReloadAsync();
        await Expect(visit.Chips.Nth(2)).ToHaveTextAsync("Not made yet");
    }

    [Fact(Timeout = Timeout)]
    public async Task Failure_OfAStory_StaysToBeRead()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a bear walks.");
        await visit.MakeAsync();
        await visit.CompleteAsync();

        // The same story, as it would be told had it failed.
        await visit.Page.RouteAsync("**/events*", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = """{"number":"1","stateChanged":{"state":"STORY_STATE_FAILED","error":{"code":9,"message":"The models have changed."}}}""" + "\n",
        }));
        await visit.Page.ReloadAsync();
        await StudioVisit.SaysAsync(visit.State, "Failed");
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await StudioVisit.SaysAsync(visit.Page.Locator(".notice"), "The story failed: The models have changed.");
    }

    [Theory(Timeout = Timeout)]
    [InlineData("[17, 17]", 0, "[[11,6],[6,6,5]]")]
    [InlineData("[17]", 1, "[[10,6,1]]")]
    [InlineData("[17]", 5, "[[6,6,5]]")]
    [InlineData("[1, 1, 30]", 0, "[[1],[1],[10,6,6,6,2]]")]
    [InlineData("[4, 30]", 0, "[[4],[8,6,6,6,4]]")]
    public async Task Clips_OfScenes_AreThoseOfTheServer(string frames, int opening, string clips)
    {
        // Clips of 11 frames, K = 5, two frames in a latent one: counted by hand.
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        Assert.Equal(clips, await visit.Page.EvaluateAsync<string>(
            """
            async ([frames, opening]) => {
              const { clipsOf } = await import("./js/clips.js");
              return JSON.stringify(clipsOf(JSON.parse(frames).map(frames => ({ frames })), opening, { clipFrames: 11, prefixFrames: 5, temporalPatch: 2 }));
            }
            """,
            new object[] { frames, opening }));
    }

    [Fact(Timeout = Timeout)]
    public async Task Reload_InTheMiddle_LosesNothing()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a bear is under water.");
        await visit.Page.ReloadAsync();
        await Expect(visit.Prompts.First).ToHaveValueAsync("a bear is under water.");
        await visit.Prompts.First.ClickAsync();
        await visit.Page.Keyboard.PressAsync("End");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Keyboard.TypeAsync("the bear is on mars.");
        await visit.SetStepsAsync(192);
        var id = await visit.MakeAsync();
        await visit.FramesAsync(1);
        await visit.Prompts.Nth(1).FillAsync("the bear is swimming.");

        await visit.Page.ReloadAsync();

        await Expect(visit.Prompts.Nth(1)).ToHaveValueAsync("the bear is swimming.");
        await visit.CompleteAsync();
        await Expect(visit.Chips).ToHaveTextAsync(["Kept", "Runs again"]);
        await visit.AssertWholeAsync(id, 2 * SceneFrames, Token);
    }

    [Fact(Timeout = Timeout)]
    public async Task Server_KilledInTheMiddleAndStartedAgain_IsWaitedForAndGoesOn()
    {
        await using var own = new ServedStudio();
        await own.InitializeAsync();
        await using var visit = await StudioVisit.OpenAsync(chromium, own);
        await visit.WriteAsync("a panda is in the ocean.", "the panda goes under water.", "the panda dances.");
        await visit.SetStepsAsync(192);
        var id = await visit.MakeAsync();
        await visit.FramesAsync(1);

        await own.KillAsync();
        await StudioVisit.SaysAsync(visit.State, "Reconnecting");
        await Expect(visit.Page.Locator(".notice")).ToBeVisibleAsync();
        await own.StartAsync(Token);

        await visit.CompleteAsync();
        await Expect(visit.Page.Locator(".notice")).ToBeHiddenAsync();
        await visit.AssertWholeAsync(id, 3 * SceneFrames, Token);
    }

    [Fact(Timeout = Timeout)]
    public async Task Keyboard_Alone_IsEnough()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        var keys = visit.Page.Keyboard;

        // Where one writes, the page is when it opens.
        await keys.TypeAsync("a red bear walks.");
        await keys.PressAsync("Enter");
        await keys.TypeAsync("the blue bear dances.");
        await keys.PressAsync("Alt+ArrowUp");
        await Expect(visit.Prompts.First).ToHaveValueAsync("the blue bear dances.");
        await keys.PressAsync("Control+Enter");
        await visit.CompleteAsync();

        // The page takes the focus after a move; keys that belong to nothing else are the player's.
        await keys.PressAsync("Space");
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Play", Exact = true })).ToBeVisibleAsync();
        await keys.PressAsync("Home");
        await StudioVisit.SaysAsync(visit.Page.Locator(".time"), "frame 1 of 34");
        await keys.PressAsync("ArrowRight");
        await StudioVisit.SaysAsync(visit.Page.Locator(".time"), "frame 2 of 34");
        await visit.TabToAsync(".strip-slider");
        await keys.PressAsync("PageDown");
        await StudioVisit.SaysAsync(visit.Page.Locator(".time"), $"frame {SceneFrames + 1} of 34");

        // From the top of the page to the library and back to the story.
        await visit.TabToAsync("[data-route=library]");
        await keys.PressAsync("Enter");
        await visit.Page.Locator(".card").First.WaitForAsync();
        await visit.TabToAsync(".card:first-child .card-link");
        await keys.PressAsync("Enter");
        await Expect(visit.Prompts.First).ToHaveValueAsync("the blue bear dances.");
        await keys.PressAsync("?");
        await Expect(visit.Page.Locator("dialog[open]")).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);
    }

    [Fact(Timeout = Timeout)]
    public async Task Library_OfStories_ShowsDeletesAndOpensThem()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a panda walks.");
        var id = await visit.MakeAsync();
        await visit.CompleteAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Library", Exact = true }).ClickAsync();
        var card = visit.Page.Locator(".card").Filter(new() { Has = visit.Page.Locator($"[href='#/stories/{id}']") });
        await StudioVisit.SaysAsync(card, "a panda walks.");
        await card.Locator("canvas").WaitForAsync();
        await visit.Page.GetByLabel("Stopped or failed").CheckAsync();
        await Expect(card).ToHaveCountAsync(0);
        await visit.Page.GetByLabel("All", new() { Exact = true }).CheckAsync();
        await card.HoverAsync();
        await card.GetByRole(AriaRole.Button).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        await visit.Page.GotoAsync($"{studio.Page}#/stories/{id}");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "This story is not there" })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true })).ToBeHiddenAsync();
        await Expect(visit.Make).ToBeHiddenAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task Stop_OfAStoryInWork_StopsItAndItGoesOnWhenMadeAgain()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a red panda walks on mars.", "the red panda dances.", "the red panda is swimming.", "the red panda is in the ocean.");
        await visit.SetStepsAsync(250);
        await visit.LengthenAsync(1, "40");
        await visit.MakeAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();
        await StudioVisit.SaysAsync(visit.State, "Stopped");
        await StudioVisit.SaysAsync(visit.Make, "Go on making it");
        var id = await visit.MakeAsync();
        await visit.CompleteAsync();
        await visit.AssertWholeAsync(id, 320 + (3 * SceneFrames), Token);
    }

    [Fact(Timeout = Timeout)]
    public async Task Direction_OfAStory_TakesScenesUntilItIsEnded()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a bear walks on mars.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Direct live" }).ClickAsync();
        var note = visit.Page.Locator(".direction .note");
        await StudioVisit.SaysAsync(note, "All scenes are made.");
        await visit.Page.GetByLabel("What happens next?").FillAsync("the bear dances.");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator(".directed-scene")).ToHaveCountAsync(2);
        await Expect(visit.Page.GetByLabel("What happens next?")).ToHaveValueAsync("");
        await StudioVisit.SaysAsync(visit.Page.Locator(".directed-scene").Nth(1), "Made");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Pause making" }).ClickAsync();
        await StudioVisit.SaysAsync(note, "Paused.");
        await visit.Page.GetByLabel("What happens next?").FillAsync("the bear is swimming.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Direct", Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Change scene 3" }).ClickAsync();
        await StudioVisit.SaysAsync(visit.State, "Paused");
        await Expect(visit.Page.GetByLabel("What happens in scene 3?")).ToHaveValueAsync("the bear is swimming.");
        await visit.Page.GetByLabel("What happens in scene 3?").FillAsync("the bear is under water.");
        await visit.Page.Keyboard.PressAsync("Enter");
        await StudioVisit.SaysAsync(visit.Page.Locator(".directed-scene").Nth(2), "the bear is under water.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "End the film" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Menuitem, new() { Name = "After these scenes" }).ClickAsync();
        await visit.CompleteAsync();
        await Expect(visit.Prompts).ToHaveCountAsync(3);
        await Expect(visit.Prompts.Nth(1)).ToHaveValueAsync("the bear dances.");
        await Expect(visit.Prompts.Nth(2)).ToHaveValueAsync("the bear is under water.");
        await visit.AssertWholeAsync(visit.Story, 3 * SceneFrames, Token);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("MP4", ".mp4")]
    [InlineData("WebP", ".webp")]
    [InlineData("GIF", ".gif")]
    public async Task Film_ThatIsComplete_CanBeSaved(string format, string ending)
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a blue bear walks.");
        await visit.MakeAsync();
        await visit.CompleteAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save the film, and more" }).ClickAsync();
        var saved = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Page.GetByRole(AriaRole.Menuitem, new() { Name = format }).ClickAsync());
        Assert.Equal($"a-blue-bear-walks{ending}", saved.SuggestedFilename);
        await using var content = await saved.CreateReadStreamAsync();
        var head = new byte[12];
        await content.ReadExactlyAsync(head, Token);
        Assert.Contains(format switch { "MP4" => "ftyp", "WebP" => "WEBP", _ => "GIF8" }, System.Text.Encoding.Latin1.GetString(head), StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task OpeningImage_OfTheStory_IsSentAtTheModelsSize()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a bear walks.");

        // Left half red, right half blue, wider than high.
        var picture = await visit.Page.EvaluateAsync<string>(
            """
            async () => {
              const canvas = new OffscreenCanvas(400, 200);
              const context = canvas.getContext("2d");
              context.fillStyle = "red"; context.fillRect(0, 0, 200, 200);
              context.fillStyle = "blue"; context.fillRect(200, 0, 200, 200);
              const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
              return btoa(String.fromCharCode(...bytes));
            }
            """);
        await visit.Page.Locator("#opening").SetInputFilesAsync(new FilePayload { Name = "halves.png", MimeType = "image/png", Buffer = Convert.FromBase64String(picture) });
        await Expect(visit.Page.Locator(".opening-picture")).ToBeVisibleAsync();
        var sent = await visit.Page.RunAndWaitForRequestAsync(() => visit.Make.ClickAsync(), request => request.Method == "POST");
        var frame = JsonNode.Parse(sent.PostData!)!["story"]!["openingFrames"]!.AsArray().Single()!;
        var rgb = Convert.FromBase64String((string)frame["rgb"]!);
        Assert.Equal(StoryModel.Side * StoryModel.Side * 3, rgb.Length);
        Assert.Equal([255, 0, 0], rgb[..3]);
        Assert.Equal([0, 0, 255], rgb[^3..]);
        await visit.CompleteAsync();

        // A change of the scene keeps the image; without it nothing is kept.
        await visit.Page.ReloadAsync();
        await Expect(visit.Page.Locator(".opening-picture")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();
        await Expect(visit.Chips).ToHaveTextAsync(["Runs again"]);
    }

    [Fact(Timeout = Timeout)]
    public async Task Prompt_ThatIsRefused_IsMarkedWhereItIsWrong()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a bear walks.", "the bear");
        await visit.Prompts.Nth(1).EvaluateAsync("field => { field.value = 'the \\u0007 bear'; field.dispatchEvent(new Event('input')); }");
        await visit.Make.ClickAsync();
        await StudioVisit.SaysAsync(visit.Page.Locator(".scene").Nth(1).Locator(".scene-error"), "control character");
        await Expect(visit.Prompts.Nth(1)).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(visit.Prompts.Nth(1)).ToBeFocusedAsync();
        await Expect(visit.Page.Locator(".scene").Nth(0).Locator(".scene-error")).ToBeHiddenAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task Words_ThatTheModelDoesNotKnow_AreSaid()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a dragon walks.");
        await visit.MakeAsync();
        await StudioVisit.SaysAsync(visit.Page.Locator(".scene-hint"), "dragon");
        await visit.CompleteAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task Key_ThatTheServerWants_IsAskedForAndSent()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.Page.RouteAsync("**/v1/**", async route =>
        {
            if (route.Request.Headers.GetValueOrDefault("authorization") == "Bearer good")
            {
                await route.ContinueAsync();
            }
            else
            {
                await route.FulfillAsync(new() { Status = 401, ContentType = "application/json", Body = """{"code":16,"message":"A key is wanted.","details":[]}""" });
            }
        });
        await visit.Page.ReloadAsync();
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);
        await StudioVisit.SaysAsync(dialog, "A key is wanted.");
        await visit.Page.Keyboard.TypeAsync("bad");
        await visit.Page.Keyboard.PressAsync("Enter");
        await StudioVisit.SaysAsync(dialog, "A key is wanted.");
        await visit.Page.Locator("#key-field").FillAsync("good");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Prompts.First).ToBeVisibleAsync();
        await visit.Page.ReloadAsync();
        await Expect(visit.Prompts.First).ToBeVisibleAsync();
        await Expect(dialog).ToHaveCountAsync(0);
    }
}
