using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Phenaki.Studio.Tests;

/// <summary>How the page is served, and what is in its files.</summary>
public sealed partial class StudioPageTests : IAsyncLifetime
{
    private const int Timeout = 60_000;

    private WebApplication _app = null!;
    private HttpClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ManifestEmbeddedFileProvider Files { get; } = new(typeof(StudioExtensions).Assembly, "page");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        _app = builder.Build();
        _app.MapStudio();
        await _app.StartAsync(Token);
        _client = _app.GetTestClient();
    }

    [Theory(Timeout = Timeout)]
    [InlineData("/studio/", "text/html; charset=utf-8")]
    [InlineData("/studio/js/main.js", "text/javascript; charset=utf-8")]
    [InlineData("/studio/css/base.css", "text/css; charset=utf-8")]
    [InlineData("/studio/fonts/inter.woff2", "font/woff2")]
    [InlineData("/studio/favicon.svg", "image/svg+xml")]
    public async Task Get_FileOfThePage_ComesWithItsTypeAndGuarded(string path, string type)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        AssertGuarded(answer);
    }

    [Fact(Timeout = Timeout)]
    public async Task Get_NoFileOfThePage_IsNotFoundAndGuarded()
    {
        using var answer = await _client.GetAsync(new Uri("/studio/js/../../secret.js", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var other = await _client.GetAsync(new Uri("/studio/none.js", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        AssertGuarded(other);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("/")]
    [InlineData("/studio")]
    public async Task Get_ThePlaceWithoutItsSlash_LeadsToThePage(string path)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), Token);
        Assert.True(answer.StatusCode is HttpStatusCode.Found or HttpStatusCode.MovedPermanently, $"{answer.StatusCode}");
        Assert.EndsWith("/studio/", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Get_TheSameAgain_IsNotSentAgain()
    {
        using var first = await _client.GetAsync(new Uri("/studio/js/main.js", UriKind.Relative), Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/studio/js/main.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.True(second.Headers.CacheControl!.NoCache);
    }

    [Fact]
    public void Files_OfThePage_NameNoOtherHost() => Assert.Empty(
        from file in Texts()
        from Match match in OtherHost().Matches(file.Text)
        where !match.Value.Contains("www.w3.org/", StringComparison.Ordinal)
        select $"{file.Name}: {match.Value}");

    [Fact]
    public void Markup_OfThePage_HasNoScriptsAndStylesOfItsOwn()
    {
        var page = Read("index.html");
        Assert.DoesNotMatch(@"<script(?![^>]*\bsrc=)", page);
        Assert.DoesNotMatch(@"<style|\sstyle=|\son[a-z]+=|javascript:", page);
    }

    [Fact]
    public void Modules_OfThePage_MakeNoMarkupOfText() => Assert.Empty(
        from file in Texts()
        where file.Name.EndsWith(".js", StringComparison.Ordinal)
        from Match match in Markup().Matches(file.Text)
        select $"{file.Name}: {match.Value}");

    [Fact]
    public void Modules_OfThePage_ImportOnlyWhatIsThere() => Assert.Empty(
        from file in Texts()
        where file.Name.EndsWith(".js", StringComparison.Ordinal)
        from Match match in Import().Matches(file.Text)
        where !Files.GetFileInfo($"js/{match.Groups[1].Value}").Exists
        select $"{file.Name}: {match.Groups[1].Value}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    private static void AssertGuarded(HttpResponseMessage answer)
    {
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy")).Split(';', StringSplitOptions.TrimEntries);
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("style-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("base-uri 'none'", policy);
        Assert.DoesNotContain(policy, part => part.Contains("unsafe", StringComparison.Ordinal) || part.Contains("data:", StringComparison.Ordinal));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
    }

    private static IEnumerable<(string Name, string Text)> Texts() =>
        from file in All("")
        where !file.EndsWith(".woff2", StringComparison.Ordinal) && !file.EndsWith("LICENSE", StringComparison.Ordinal)
        select (file, Read(file));

    private static IEnumerable<string> All(string folder) =>
        from entry in Files.GetDirectoryContents(folder)
        let path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}"
        from file in entry.IsDirectory ? All(path) : [path]
        select file;

    private static string Read(string path)
    {
        using var reader = new StreamReader(Files.GetFileInfo(path).CreateReadStream());
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"(https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s""')]*", RegexOptions.IgnoreCase)]
    private static partial Regex OtherHost();

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")]
    private static partial Regex Markup();

    [GeneratedRegex(@"from ""\./([^""]+)""")]
    private static partial Regex Import();
}
