using System.Text.Json;
using Microsoft.VisualBasic.FileIO;

namespace Phenaki.Trainer.Data;

/// <summary>Reads captions: text files, metadata.jsonl and metadata.csv, with the column names that data sets on the web use.</summary>
internal static class CaptionFile
{
    /// <summary>Names of the files that hold the captions of a folder.</summary>
    public static readonly IReadOnlyList<string> MetadataNames = ["metadata.jsonl", "metadata.csv"];

    private const int MaxCharacters = 4000;
    private static readonly string[] NameColumns = ["file_name", "file", "path", "video", "image"];
    private static readonly string[] CaptionColumns = ["caption", "captions", "text", "prompt", "description"];

    /// <summary>The captions of a text: one a line.</summary>
    public static IReadOnlyList<string> Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => line.Length > MaxCharacters ? line[..MaxCharacters] : line)];

    /// <summary>The captions in a JSON object: a text or a list of texts.</summary>
    public static IReadOnlyList<string> FromJson(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        foreach (string column in CaptionColumns)
        {
            if (json.TryGetProperty(column, out var value))
            {
                return value.ValueKind switch
                {
                    JsonValueKind.String => Lines(value.GetString()!),
                    JsonValueKind.Array => [.. value.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).SelectMany(one => Lines(one.GetString()!))],
                    _ => [],
                };
            }
        }

        return [];
    }

    /// <summary>File names with captions.</summary>
    /// <param name="path">A metadata.jsonl or metadata.csv.</param>
    /// <exception cref="InvalidOperationException">A line cannot be read or a column is missing; the message names the line.</exception>
    public static IEnumerable<(string Name, IReadOnlyList<string> Captions)> ReadMetadata(string path) =>
        Path.GetExtension(path) == ".csv" ? ReadCsv(path) : ReadJsonLines(path);

    private static IEnumerable<(string Name, IReadOnlyList<string> Captions)> ReadJsonLines(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            JsonDocument document;
            try
            {
                document = JsonDocument.Parse(line);
            }
            catch (JsonException error)
            {
                throw new InvalidOperationException($"{path}, line {number}: no JSON ({error.Message})", error);
            }

            using (document)
            {
                var root = document.RootElement;
                string? name = root.ValueKind != JsonValueKind.Object ? null : NameColumns
                    .Select(column => root.TryGetProperty(column, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null)
                    .FirstOrDefault(value => value is not null);
                yield return name is null
                    ? throw new InvalidOperationException($"{path}, line {number}: no {string.Join(", ", NameColumns)} names a file")
                    : (name, FromJson(root));
            }
        }
    }

    private static IEnumerable<(string Name, IReadOnlyList<string> Captions)> ReadCsv(string path)
    {
        using var parser = new TextFieldParser(path) { TextFieldType = FieldType.Delimited, HasFieldsEnclosedInQuotes = true };
        parser.SetDelimiters(",");
        string[] header = parser.EndOfData ? [] : [.. Fields(parser, path).Select(column => column.Trim().ToLowerInvariant())];
        int name = Array.FindIndex(header, column => NameColumns.Contains(column));
        int caption = Array.FindIndex(header, column => CaptionColumns.Contains(column));
        if (name < 0 || caption < 0)
        {
            throw new InvalidOperationException(
                $"{path}, line 1: columns are [{string.Join(", ", header)}]; needed are one of {string.Join(", ", NameColumns)} and one of {string.Join(", ", CaptionColumns)}");
        }

        while (!parser.EndOfData)
        {
            string[] row = Fields(parser, path);
            if (row.Length > Math.Max(name, caption))
            {
                yield return (row[name].Trim(), Lines(row[caption]));
            }
        }
    }

    private static string[] Fields(TextFieldParser parser, string path)
    {
        try
        {
            return parser.ReadFields() ?? [];
        }
        catch (MalformedLineException error)
        {
            throw new InvalidOperationException($"{path}, line {error.LineNumber}: no row of a table ({error.Message})", error);
        }
    }
}
