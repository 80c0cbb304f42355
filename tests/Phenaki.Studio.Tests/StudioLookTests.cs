using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Phenaki.Studio.Tests;

/// <summary>The studio for everybody: on screens of every size, in light and dark, and for those who hear it instead of seeing it.</summary>
public sealed class StudioLookTests(Chromium chromium, ServedStudio studio) : IClassFixture<Chromium>, IClassFixture<ServedStudio>
{
    private const int Timeout = 420_000;

    // axe.min.js of the npm package axe-core.
    private const string AxeVariable = "PHENAKI_TEST_AXE";

    private static readonly (int Width, int Height)[] Screens = [(1440, 900), (834, 1112), (390, 844)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Axe_OnEveryPage_FindsNothingSerious()
    {
        var axe = Environment.GetEnvironmentVariable(AxeVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(axe), $"{AxeVariable} does not name axe.min.js, which is in the npm package axe-core.");
        var script = await File.ReadAllTextAsync(axe!, Token);
        var story = await MakeAsync();
        var directed = await DirectAsync();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            foreach (var (width, height) in Screens)
            {
                // A policy that lets the tester in: what it guards against is tested elsewhere.
                await using var visit = await StudioVisit.OpenAsync(
                    chromium, studio, options: new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce, BypassCSP = true });
                await visit.Page.Locator("details.more summary").ClickAsync();
                await AssertAccessibleAsync(visit, script, "a new story");
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Keyboard" }).ClickAsync();
                await AssertAccessibleAsync(visit, script, "the keys");
                await visit.Page.Keyboard.PressAsync("Escape");
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = "API key" }).ClickAsync();
                await AssertAccessibleAsync(visit, script, "the key");
                await visit.Page.Keyboard.PressAsync("Escape");
                await visit.Page.GotoAsync($"{studio.Page}#/stories/{story}");
                await visit.CompleteAsync();
                await visit.PauseAsync();
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save the film, and more" }).ClickAsync();
                await AssertAccessibleAsync(visit, script, "a story");
                await visit.Page.Keyboard.PressAsync("Escape");
                await visit.Prompts.First.FillAsync("a panda walks.");
                await AssertAccessibleAsync(visit, script, "a changed story");
                await visit.Page.GotoAsync($"{studio.Page}#/stories/{directed}");
                await visit.Page.Locator(".directed-scene").Nth(1).WaitForAsync();
                await AssertAccessibleAsync(visit, script, "directing");
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Change scene 2" }).ClickAsync();
                await AssertAccessibleAsync(visit, script, "changing a coming scene");
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = "End the film" }).ClickAsync();
                await AssertAccessibleAsync(visit, script, "ending the film");
                await visit.Page.Keyboard.PressAsync("Escape");
                await visit.Page.GotoAsync($"{studio.Page}#/stories/{new string('0', 32)}");
                await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "This story is not there" }).WaitForAsync();
                await AssertAccessibleAsync(visit, script, "a story that is not there");
                await visit.Page.GotoAsync($"{studio.Page}#/library");
                await visit.Page.Locator(".card canvas").First.WaitForAsync();
                await AssertAccessibleAsync(visit, script, "the library");
            }
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Page_OnEveryScreen_IsAsWideAsTheScreen()
    {
        var story = await MakeAsync();
        foreach (var (width, height) in Screens.Append((320, 640)))
        {
            await using var visit = await StudioVisit.OpenAsync(chromium, studio, options: new() { ViewportSize = new() { Width = width, Height = height }, IsMobile = width < 500, HasTouch = width < 500 });
            foreach (var place in new[] { "#/", $"#/stories/{story}", "#/library" })
            {
                await visit.Page.GotoAsync(studio.Page + place);
                await visit.Page.Locator(place == "#/library" ? ".card canvas" : ".scene").First.WaitForAsync();
                var wide = await visit.Page.EvaluateAsync<int>("() => document.scrollingElement.scrollWidth");
                Assert.True(wide <= width, $"{place} is {wide} wide on {width}.");
                var outside = await visit.Page.EvaluateAsync<string[]>(
                    "() => [...document.querySelectorAll('main button, main input, main textarea, header a, header button')].filter(item => item.checkVisibility() && (item.getBoundingClientRect().right > innerWidth + 1 || item.getBoundingClientRect().left < -1) && !item.closest('.segments')).map(item => item.className + ' ' + item.ariaLabel)");
                Assert.Empty(outside);

                // What sticks to the bottom leaves room for what is written.
                var actions = await visit.Page.EvaluateAsync<double>("() => document.querySelector('.actions')?.getBoundingClientRect().height ?? 0");
                Assert.InRange(actions, 0, 130);
            }
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Colours_OfTheStudio_FollowTheSystemUntilTheyAreChosen()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio, options: new() { ColorScheme = ColorScheme.Dark });
        var dark = await ColourAsync(visit);
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        var light = await ColourAsync(visit);
        Assert.NotEqual(dark, light);
        await visit.Page.Locator("[aria-label^='Colours']").ClickAsync();
        await visit.Page.Locator("[aria-label^='Colours']").ClickAsync();
        await Expect(visit.Page.Locator("[aria-label='Colours: Dark']")).ToBeVisibleAsync();
        Assert.Equal(dark, await ColourAsync(visit));
        await visit.Page.ReloadAsync();
        Assert.Equal(dark, await ColourAsync(visit));
    }

    private static Task<string> ColourAsync(StudioVisit visit) => visit.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");

    private static async Task AssertAccessibleAsync(StudioVisit visit, string axe, string place)
    {
        await visit.Page.EvaluateAsync(axe);
        var found = await visit.Page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] })");
        Assert.Empty(
            from violation in found.GetProperty("violations").EnumerateArray()
            where violation.GetProperty("impact").GetString() is "serious" or "critical"
            from node in violation.GetProperty("nodes").EnumerateArray()
            select $"{place}: {violation.GetProperty("id")}: {node.GetProperty("html")} {node.GetProperty("failureSummary")}");
    }

    /// <summary>A story that is directed, paused with a scene made and one to come.</summary>
    private async Task<string> DirectAsync()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a bear walks on mars.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Direct live" }).ClickAsync();
        var note = visit.Page.Locator(".direction .note");
        await StudioVisit.SaysAsync(note, "All scenes are made.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Pause making" }).ClickAsync();
        await StudioVisit.SaysAsync(note, "Paused.");
        await visit.Page.GetByLabel("What happens next?").FillAsync("the bear dances.");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Locator(".directed-scene").Nth(1).WaitForAsync();
        return visit.Story;
    }

    private async Task<string> MakeAsync()
    {
        await using var visit = await StudioVisit.OpenAsync(chromium, studio);
        await visit.WriteAsync("a bear walks.", "the bear dances on mars.");
        var id = await visit.MakeAsync();
        await visit.CompleteAsync();
        return id;
    }
}
