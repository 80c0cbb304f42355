using System.Text.Json;

namespace Phenaki.Cli.Inspection;

/// <summary>Tokens of a video as JSON: numbers in [latent frame][row][column].</summary>
internal static class TokenJson
{
    private const int MaxBytes = 256 << 20;

    /// <summary>Writes tokens in one line.</summary>
    /// <param name="latentFrames">Tokens of each latent frame, row-major.</param>
    /// <param name="columns">Token columns.</param>
    public static string Write(IEnumerable<int[]> latentFrames, int columns) =>
        JsonSerializer.Serialize(latentFrames.Select(frame => frame.Chunk(columns)));

    /// <summary>Reads tokens: the array itself, or an object that holds it under "tokens".</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Token rows of the model.</param>
    /// <param name="columns">Token columns of the model.</param>
    /// <param name="codebookSize">Tokens are below it.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Tokens of each latent frame, row-major; at least one.</returns>
    /// <exception cref="CliException">The file is missing or is something else; says where.</exception>
    public static async Task<IReadOnlyList<int[]>> ReadAsync(string path, int rows, int columns, int codebookSize, CancellationToken cancellationToken)
    {
        var tokens = await ParseAsync(path, cancellationToken);
        if (tokens.Length == 0)
        {
            throw CliException.Usage($"'{path}' holds no latent frame; at least one is needed.");
        }

        for (var frame = 0; frame < tokens.Length; frame++)
        {
            var grid = tokens[frame];
            if (grid.Length != rows || grid.Any(row => row.Length != columns))
            {
                throw CliException.Usage($"'{path}': latent frame {frame} has {grid.Length} rows of {string.Join(", ", grid.Select(row => row.Length).Distinct())}; the model's are {rows} rows of {columns}.");
            }

            if (grid.SelectMany(row => row).FirstOrDefault(token => token < 0 || token >= codebookSize) is var wrong && (wrong < 0 || wrong >= codebookSize))
            {
                throw CliException.Usage($"'{path}': latent frame {frame} holds the token {wrong}; allowed are 0 to {codebookSize - 1}.");
            }
        }

        return [.. tokens.Select(grid => grid.SelectMany(row => row).ToArray())];
    }

    private static async Task<int[][][]> ParseAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw CliException.Usage($"There is no file '{path}'.");
        }

        await using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
        {
            throw CliException.Usage($"'{path}' has {file.Length} bytes; at most {MaxBytes} are read.");
        }

        try
        {
            using var document = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
            var root = document.RootElement;
            var tokens = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("tokens", out var inner) ? inner : root;
            return tokens.Deserialize<int[][][]>() is { } read && read.All(frame => frame is not null && frame.All(row => row is not null))
                ? read
                : throw new JsonException("it holds null where an array should be");
        }
        catch (JsonException wrong)
        {
            throw CliException.Usage($"'{path}' is no JSON of tokens in [latent frame][row][column]: {wrong.Message}");
        }
    }
}
