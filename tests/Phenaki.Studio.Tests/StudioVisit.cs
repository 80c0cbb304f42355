using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Phenaki.Studio.Tests;

/// <summary>Somebody who has the studio open. What the browser finds wrong meanwhile fails the test.</summary>
internal sealed partial class StudioVisit : IAsyncDisposable
{
    // Others use the machine as well.
    private const float Patience = 150_000;

    // Of a page with all that it may have, and once around.
    private const int MostStops = 120;

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = new();

    private StudioVisit(IBrowserContext context, IPage page, ServedStudio studio)
    {
        _context = context;
        Page = page;
        Studio = studio;
        page.PageError += (_, error) => _faults.Enqueue($"error: {error}");
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
            {
                _faults.Enqueue(message.Text);
            }
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(new Uri(studio.Page).GetLeftPart(UriPartial.Authority), StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                _faults.Enqueue($"asked elsewhere: {request.Url}");
            }
        };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>What it is of.</summary>
    public ServedStudio Studio { get; }

    /// <summary>Scenes as they are written.</summary>
    public ILocator Prompts => Page.Locator(".scene-prompt");

    /// <summary>What becomes of each scene.</summary>
    public ILocator Chips => Page.Locator(".scene .chip:visible");

    /// <summary>Where the story stands.</summary>
    public ILocator State => Page.Locator(".stage-head .chip");

    /// <summary>The button that has the story made.</summary>
    public ILocator Make => Page.Locator(".actions .primary");

    /// <summary>Id of the story that is shown.</summary>
    public string Story => StoryAddress().Match(Page.Url).Groups[1].Value;

    /// <summary>Opens the studio.</summary>
    public static async Task<StudioVisit> OpenAsync(Chromium chromium, ServedStudio studio, string place = "", BrowserNewContextOptions? options = null)
    {
        var context = await chromium.Browser.NewContextAsync(options ?? new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        context.SetDefaultTimeout(Patience);
        await context.AddInitScriptAsync("addEventListener('securitypolicyviolation', violation => console.error('Content Security Policy: ' + violation.violatedDirective + ' ' + violation.blockedURI));");
        var visit = new StudioVisit(context, await context.NewPageAsync(), studio);
        await visit.Page.GotoAsync(studio.Page + place);
        await visit.Page.Locator("main h1, main h2").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return visit;
    }

    /// <summary>Writes scenes, one a line, as one who types does.</summary>
    public async Task WriteAsync(params string[] scenes)
    {
        await Prompts.First.ClickAsync();
        for (var i = 0; i < scenes.Length; i++)
        {
            if (i > 0)
            {
                await Page.Keyboard.PressAsync("Enter");
            }

            await Page.Keyboard.TypeAsync(scenes[i]);
        }
    }

    /// <summary>Sets the steps of a clip: many of them make a story that takes a while.</summary>
    public async Task SetStepsAsync(int steps)
    {
        await Page.Locator("details.more summary").ClickAsync();
        await Page.Locator("#steps").FillAsync($"{steps}");
        await Page.Locator("#steps").PressAsync("Tab");
    }

    /// <summary>Sets the length of a scene, the first of which is 0.</summary>
    public async Task LengthenAsync(int scene, string seconds)
    {
        var field = Page.Locator(".stepper-value").Nth(scene);
        await field.FillAsync(seconds);
        await field.PressAsync("Tab");
    }

    /// <summary>Has the story made.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> MakeAsync()
    {
        var before = Story;
        await Make.ClickAsync();

        // Asked of the page again and again: an address that changes just as one begins to wait for a change would be waited for in vain.
        var another = new Regex($"#/stories/{(before.Length > 0 ? $"(?!{before})" : "")}[0-9a-f]{{32}}$");
        await Assertions.Expect(Page).ToHaveURLAsync(another, new() { Timeout = Patience });
        return Story;
    }

    /// <summary>Waits for the end of the story.</summary>
    public Task CompleteAsync() => Assertions.Expect(State).ToHaveTextAsync("Complete", new() { Timeout = Patience });

    /// <summary>Waits until an element says something.</summary>
    public static Task SaysAsync(ILocator locator, string words) => Assertions.Expect(locator).ToContainTextAsync(words, new() { Timeout = Patience });

    /// <summary>Waits until frames have come.</summary>
    public Task FramesAsync(int count) => Page.WaitForFunctionAsync(
        "count => Number(document.querySelector('.stage-head .chip')?.textContent.match(/(\\d+) of/)?.[1] ?? 0) >= count || document.querySelector('.stage-head .chip')?.textContent === 'Complete'",
        count,
        new() { Timeout = Patience });

    /// <summary>Pixels of the picture on the screen at a frame, RGB.</summary>
    public async Task<byte[]> PixelsAsync(int frame)
    {
        await Page.Locator(".strip-slider").EvaluateAsync("(slider, frame) => { slider.value = frame; slider.dispatchEvent(new Event('input')); }", frame);
        var pixels = await Page.Locator(".picture").EvaluateAsync<int[]>(
            "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).filter((_, at) => at % 4 !== 3)");
        return [.. pixels.Select(value => (byte)value)];
    }

    /// <summary>The film on the screen is that of the server, frame by frame.</summary>
    public async Task AssertWholeAsync(string id, int count, CancellationToken cancellationToken)
    {
        var frames = await Studio.FramesAsync(id, cancellationToken);
        Assert.Equal(count, frames.Count);
        await PauseAsync();
        for (var frame = 0; frame < count; frame += 5)
        {
            Assert.Equal(frames[frame], await PixelsAsync(frame));
        }

        Assert.Equal(frames[^1], await PixelsAsync(count - 1));
        await SaysAsync(Page.Locator(".time"), $"frame {count} of {count}");
    }

    /// <summary>Presses Tab until the focus is on something.</summary>
    public async Task TabToAsync(string selector)
    {
        for (var pressed = 0; pressed < MostStops; pressed++)
        {
            await Page.Keyboard.PressAsync("Tab");
            if (await Page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) ?? false", selector))
            {
                return;
            }
        }

        Assert.Fail($"The focus never comes to {selector}.");
    }

    /// <summary>Stops the playing.</summary>
    public async Task PauseAsync()
    {
        var pause = Page.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true });
        if (await pause.CountAsync() > 0)
        {
            await pause.ClickAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Empty(_faults);
    }

    [GeneratedRegex("#/stories/([0-9a-f]{32})$")]
    private static partial Regex StoryAddress();
}
