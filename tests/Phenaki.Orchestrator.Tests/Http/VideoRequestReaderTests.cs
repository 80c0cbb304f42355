using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Phenaki.Orchestrator.Videos;

namespace Phenaki.Orchestrator.Tests.Http;

/// <summary>Whatever comes as a body is read, or is the client's fault.</summary>
public sealed class VideoRequestReaderTests
{
    private static readonly Gen<string> Name = Gen.OneOf(
        OneOf("prompt", "seconds", "seed", "scenes", "scenes[]", "scenes[][prompt]", "scenes[][seconds]", "input_reference[image_url]", "input_reference", "size[", "[", "]["),
        Gen.String[Gen.Char["ab[]._"], 0, 6]);

    private static readonly Gen<string> Value = Gen.OneOf(OneOf("a", "1", "null", "[]", "{}", "[{\"prompt\":\"a\"}]", "[[[[[[[[[[", "1e999", "-1"), Gen.String);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_AnyForm_IsReadOrRefused() => await Gen.Select(Name, Value.Array[0, 3]).Array[0, 4].SampleAsync(
        async fields =>
        {
            var request = new DefaultHttpContext().Request;
            request.ContentType = "application/x-www-form-urlencoded";
            request.Form = new FormCollection(fields.DistinctBy(field => field.Item1).ToDictionary(field => field.Item1, field => new StringValues(field.Item2)));
            return await IsReadOrRefusedAsync(request);
        });

    [Fact]
    public async Task Read_AnyText_IsReadOrRefused() => await Gen.Select(OneOf("application/json", "application/json; charset=none", "multipart/form-data; boundary=a", "text/plain", ""), Value).SampleAsync(
        async sample =>
        {
            var request = new DefaultHttpContext().Request;
            request.ContentType = sample.Item1;
            request.Body = new MemoryStream(Encoding.UTF8.GetBytes(sample.Item2));
            return await IsReadOrRefusedAsync(request);
        });

    [Fact]
    public async Task Read_Scenes_AsJsonInAForm_IsTheSameAsInJson()
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = "application/x-www-form-urlencoded";
        request.Form = new FormCollection(new() { ["prompt"] = "[a]", ["scenes"] = """[{"prompt":"b","frames":3},{"prompt":"c"}]""" });
        var (body, _) = await VideoRequestReader.ReadAsync<VideoCreateBody>(request, Cancellation);
        Assert.Equal("[a]", body.Prompt);
        Assert.Equal([new() { Prompt = "b", Frames = 3 }, new() { Prompt = "c" }], body.Scenes!);
    }

    [Fact]
    public async Task Read_ScenesOfDifferentFieldsInAForm_IsRefused()
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = "application/x-www-form-urlencoded";
        request.Form = new FormCollection(new() { ["scenes[][prompt]"] = new(["a", "b"]), ["scenes[][frames]"] = "3" });
        var refusal = await Assert.ThrowsAsync<VideoException>(() => VideoRequestReader.ReadAsync<VideoCreateBody>(request, Cancellation));
        Assert.Equal("scenes", refusal.Error.Param);
    }

    private static async Task<bool> IsReadOrRefusedAsync(HttpRequest request)
    {
        try
        {
            var (body, files) = await VideoRequestReader.ReadAsync<VideoCreateBody>(request, Cancellation);
            return body is not null && files.Count == 0;
        }
        catch (VideoException refusal)
        {
            return refusal.Status is 400 or 415 && refusal.Error.Message.Length > 0;
        }
    }
}
