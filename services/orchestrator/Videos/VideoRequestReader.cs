using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Reads the body of a request, JSON or a form, into the same records.</summary>
internal static class VideoRequestReader
{
    /// <summary>Most bytes of a body: 16 MiB.</summary>
    public const int MaxBodyBytes = 16 * 1024 * 1024;

    // Fields that are no plain values; in a form they are JSON, or come in parts.
    private static readonly HashSet<string> Structured = ["scenes", "input_reference", "video"];

    // 1,000 scenes have two or three fields each.
    private static readonly FormOptions Form = new()
    {
        MultipartBodyLengthLimit = MaxBodyBytes,
        BufferBodyLengthLimit = MaxBodyBytes,
        ValueCountLimit = 4_096,
        ValueLengthLimit = 1024 * 1024 * 4,
        KeyLengthLimit = 128,
    };

    /// <summary>Reads a body.</summary>
    /// <returns>The fields, and the files of a form by the names of their fields.</returns>
    /// <exception cref="VideoException">It is neither, or a field is unknown or of another type.</exception>
    public static async Task<(T Body, IReadOnlyDictionary<string, byte[]> Files)> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.HasJsonContentType())
        {
            return (Parse<T>(await JsonAsync(request, cancellationToken)), new Dictionary<string, byte[]>());
        }

        if (!request.HasFormContentType)
        {
            throw VideoException.OtherContent(request.ContentType);
        }

        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(Form, cancellationToken);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw VideoException.Invalid(null, $"The form cannot be read: {broken.Message}", "invalid_body");
        }

        Dictionary<string, byte[]> files = [];
        foreach (var file in form.Files)
        {
            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes, cancellationToken);
            files[file.Name] = bytes.ToArray();
        }

        return (Parse<T>(Tree(form)), files);
    }

    private static async Task<JsonObject> JsonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = VideoJson.Options.MaxDepth, AllowDuplicateProperties = false };
            return await JsonNode.ParseAsync(request.Body, documentOptions: options, cancellationToken: cancellationToken) as JsonObject
                ?? throw VideoException.Invalid(null, "The body is no JSON object.", "invalid_body");
        }
        catch (JsonException wrong)
        {
            throw VideoException.Invalid(null, $"The body is no JSON (line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine}).", "invalid_body");
        }
    }

    private static T Parse<T>(JsonObject fields)
    {
        try
        {
            return fields.Deserialize<T>(VideoJson.Options)!;
        }
        catch (JsonException wrong)
        {
            var field = wrong.Path?.TrimStart('$').TrimStart('.');
            throw VideoException.Invalid(field, $"{field} is no field of this call, or its value is of another type.", "invalid_type");
        }
    }

    /// <summary>The fields of a form as JSON: <c>name</c>, <c>name[part]</c> and <c>name[][part]</c>, and values that are JSON themselves.</summary>
    private static JsonObject Tree(IFormCollection form)
    {
        var tree = new JsonObject();
        foreach (var (key, values) in form)
        {
            var bracket = key.IndexOf('[', StringComparison.Ordinal);
            var name = bracket < 0 ? key : key[..bracket];
            switch (bracket < 0 ? "" : key[bracket..])
            {
                case "":
                    tree[name] = Value(name, values);
                    break;
                case ['[', ']', '[', .. var part, ']']:
                    AddToItems(Child(tree, name, key, () => new JsonArray()), part, values);
                    break;
                case ['[', .. var part, ']']:
                    Child(tree, name, key, () => new JsonObject())[part] = Value(key, values);
                    break;
                default:
                    throw VideoException.Invalid(key, $"{key} is no field of this call.", "invalid_type");
            }
        }

        foreach (var (name, items) in tree)
        {
            // Which of several items has the field that only some have is not told by a form.
            if (items is JsonArray array && !form.ContainsKey(name) && array.Select(item => item!.AsObject().Count).Distinct().Count() > 1)
            {
                throw VideoException.Invalid(name, $"{name} has fields in some items that others lack; send it as JSON.", "invalid_type");
            }
        }

        return tree;
    }

    /// <summary>A form has the values of one name together: the first belongs to the first item, and so on.</summary>
    private static void AddToItems(JsonArray items, string part, StringValues values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (i == items.Count)
            {
                items.Add(new JsonObject());
            }

            items[i]![part] = values[i];
        }
    }

    private static T Child<T>(JsonObject tree, string name, string key, Func<T> create)
        where T : JsonNode => (tree[name] ??= create()) as T ?? throw VideoException.Invalid(key, $"{key} is there in two forms.", "invalid_type");

    private static JsonNode? Value(string name, StringValues values)
    {
        if (values.Count != 1 || values[0] is not { } text)
        {
            throw VideoException.Invalid(name, $"{name} is there twice.", "invalid_type");
        }

        if (!Structured.Contains(name))
        {
            return text;
        }

        try
        {
            return JsonNode.Parse(text, documentOptions: new() { MaxDepth = VideoJson.Options.MaxDepth });
        }
        catch (JsonException)
        {
            throw VideoException.Invalid(name, $"{name} is neither a file nor JSON.", "invalid_type");
        }
    }
}
