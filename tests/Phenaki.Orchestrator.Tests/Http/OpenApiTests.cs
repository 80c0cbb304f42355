using System.Net;
using Google.Api;
using Microsoft.OpenApi.Models;
using Microsoft.OpenApi.Readers;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Tests.Http;

/// <summary>The OpenAPI document, read by a reader that is not the one that wrote it.</summary>
public sealed class OpenApiTests
{
    private const int Timeout = 60_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Document_Always_IsValid()
    {
        var (document, diagnostic) = await ReadAsync();
        Assert.Empty(diagnostic.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.NotEmpty(document.Info.Version);
        var ids = document.Paths.Values.SelectMany(path => path.Operations.Values).Select(operation => operation.OperationId).OfType<string>().ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal("bearer", document.Components.SecuritySchemes.Single().Value.Scheme);
    }

    [Fact(Timeout = Timeout)]
    public async Task Document_Always_HasEveryAnnotatedCallOfTheContract()
    {
        var (document, _) = await ReadAsync();
        var annotated = StoryService.Descriptor.Methods.Select(method => method.GetOptions()?.GetExtension(AnnotationsExtensions.Http)).OfType<HttpRule>().ToList();
        Assert.NotEmpty(annotated);
        foreach (var rule in annotated)
        {
            var (verb, path) = rule.PatternCase switch
            {
                HttpRule.PatternOneofCase.Get => (OperationType.Get, rule.Get),
                HttpRule.PatternOneofCase.Post => (OperationType.Post, rule.Post),
                _ => (OperationType.Delete, rule.Delete),
            };
            var operation = Assert.Contains(verb, Assert.Contains(path, document.Paths).Operations);
            Assert.False(string.IsNullOrEmpty(operation.Summary), path);
            Assert.NotNull(operation.Responses["200"].Content["application/json"].Schema);
            Assert.Equal(rule.Body == "*", operation.RequestBody is not null);
        }
    }

    [Theory(Timeout = Timeout)]
    [InlineData(OperationType.Post, "/v1/videos", true)]
    [InlineData(OperationType.Get, "/v1/videos", false)]
    [InlineData(OperationType.Get, "/v1/videos/{id}", false)]
    [InlineData(OperationType.Delete, "/v1/videos/{id}", false)]
    [InlineData(OperationType.Get, "/v1/videos/{id}/content", false)]
    [InlineData(OperationType.Post, "/v1/videos/{id}/remix", true)]
    [InlineData(OperationType.Post, "/v1/videos/edits", true)]
    [InlineData(OperationType.Post, "/v1/videos/extensions", true)]
    public async Task Document_Always_HasTheVideosApi(OperationType verb, string path, bool hasBody)
    {
        var (document, _) = await ReadAsync();
        var operation = Assert.Contains(verb, Assert.Contains(path, document.Paths).Operations);
        Assert.False(string.IsNullOrEmpty(operation.Summary));
        Assert.Superset(new HashSet<string> { "200", "400", "401", "404", "429" }, operation.Responses.Keys.ToHashSet());
        Assert.Equal(hasBody, operation.RequestBody is not null);
        if (hasBody)
        {
            Assert.Equal(["application/json", "multipart/form-data"], operation.RequestBody!.Content.Keys.Order());
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Schemas_OfVideosAndStories_HaveTheNamesOfTheWire()
    {
        var (document, _) = await ReadAsync();
        var body = document.Components.Schemas["VideoCreateBody"].Properties;
        Assert.Superset(new HashSet<string> { "prompt", "seconds", "size", "input_reference", "scenes", "seed", "negative_prompt" }, body.Keys.ToHashSet());
        Assert.All(body.Values.Where(schema => schema.Reference is null && schema.AllOf.Count == 0), schema => Assert.False(string.IsNullOrEmpty(schema.Description)));
        Assert.Contains("remixed_from_video_id", document.Components.Schemas["VideoAnswer"].Properties.Keys);
        var story = document.Components.Schemas["Story"].Properties;
        Assert.Superset(new HashSet<string> { "id", "state", "createTime", "framesMade", "labels" }, story.Keys.ToHashSet());
        Assert.False(string.IsNullOrEmpty(story["framesMade"].Description));
        Assert.Equal(("string", "string", "integer"), (story["seed"].Type, story["events"].Type, story["framesMade"].Type));
        Assert.Equal("integer", document.Components.Schemas["VideoAnswer"].Properties["created_at"].Type);
    }

    private static async Task<(OpenApiDocument Document, OpenApiDiagnostic Diagnostic)> ReadAsync()
    {
        await using var mesh = await new FakeMesh().StartAsync(Cancellation);
        using var client = new HttpClient(mesh.Orchestrator.Handler()) { BaseAddress = new("http://localhost") };
        using var response = await client.GetAsync("/openapi/v1.json", Cancellation);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        await using var text = await response.Content.ReadAsStreamAsync(Cancellation);
        var document = new OpenApiStreamReader().Read(text, out var diagnostic);
        return (document, diagnostic);
    }
}
