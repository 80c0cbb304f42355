using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>values.schema.json leaves nothing open, and its settings are the options of the services.</summary>
public sealed class SchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(HelmProgram.Chart, "values.schema.json")))!.AsObject();

    public static TheoryData<string> Services => [.. MeshService.All.Select(service => service.Key)];

    [Fact]
    public void Objects_Everywhere_RefuseKeysThatAreNotNamed() => Assert.Empty(
        from found in Walk(Schema, "")
        where found.Node["type"] is JsonValue type && type.GetValue<string>() == "object"
        where found.Path is not ("/properties/global" or "/definitions/service/properties/settings")
        where found.Node["additionalProperties"] is not JsonNode rest || (rest is JsonValue flag && flag.GetValueKind() != JsonValueKind.False) || rest is JsonObject { Count: 0 }
        select found.Path);

    [Fact]
    public void Schemas_WithProperties_AreObjectsOrNarrowOne() => Assert.Empty(
        from found in Walk(Schema, "")
        where found.Node["properties"] is JsonObject && found.Node["type"] is null && !found.Path.Contains("/allOf/1", StringComparison.Ordinal)
        select found.Path);

    [Theory, MemberData(nameof(Services))]
    public void Settings_OfEachService_AreItsOptions(string key)
    {
        var service = MeshService.All.Single(s => s.Key == key);
        var options = service.Options.GetProperties().Where(p => p.CanWrite).ToArray();
        Assert.Empty(service.Managed.Except(options.Select(p => p.Name)));
        Assert.Equal(
            options.Where(p => !service.Managed.Contains(p.Name)).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)).Order(StringComparer.Ordinal),
            Settings(key).Select(p => p.Key).Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Services))]
    public void Settings_OfEachService_HaveTheTypesAndRangesOfItsOptions(string key)
    {
        foreach (var (name, schema) in Settings(key))
        {
            var option = MeshService.All.Single(s => s.Key == key).Options.GetProperties().Single(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name) == name);
            var range = option.GetCustomAttribute<RangeAttribute>();
            switch (Type.GetTypeCode(option.PropertyType))
            {
                case TypeCode.Int32:
                    Assert.Equal(
                        ("integer", Convert.ToInt32(range!.Minimum, CultureInfo.InvariantCulture), Convert.ToInt32(range.Maximum, CultureInfo.InvariantCulture)),
                        ((string)schema!["type"]!, (int)schema["minimum"]!, (int)schema["maximum"]!));
                    break;
                case TypeCode.Boolean:
                    Assert.Equal("boolean", (string)schema!["type"]!);
                    break;
                case TypeCode.String:
                    Assert.Equal("string", (string)schema!["type"]!);
                    if (option.GetCustomAttribute<RegularExpressionAttribute>() is { } words)
                    {
                        Assert.Equal(words.Pattern, string.Join('|', schema["enum"]!.AsArray().Select(word => (string)word!)));
                    }

                    break;
                default:
                    Assert.Equal((typeof(TimeSpan), "#/definitions/timeSpan"), (option.PropertyType, (string?)schema!["$ref"]));
                    break;
            }
        }
    }

    private static JsonObject Settings(string key) => Schema["definitions"]![$"{key}Settings"]!["properties"]!.AsObject();

    // Schemas and what holds them: the keys below "properties" and "definitions" are names, all others are words of the schema language.
    private static IEnumerable<(string Path, JsonObject Node)> Walk(JsonNode? node, string path)
    {
        if (node is JsonArray array)
        {
            return array.SelectMany((item, i) => Walk(item, $"{path}/{i}"));
        }

        if (node is not JsonObject map)
        {
            return [];
        }

        var inner = map.SelectMany(entry => Walk(entry.Value, $"{path}/{entry.Key}"));
        return path.EndsWith("/properties", StringComparison.Ordinal) || path.EndsWith("/definitions", StringComparison.Ordinal) ? inner : inner.Prepend((path, map));
    }
}
