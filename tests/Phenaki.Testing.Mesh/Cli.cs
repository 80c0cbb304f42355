namespace Phenaki.Testing.Mesh;

/// <summary>Starts the command phenaki.</summary>
public static class Cli
{
    /// <summary>Starts it.</summary>
    public static ProgramProcess Start(params IEnumerable<string> arguments) => ProgramProcess.Start("cli", "phenaki", arguments);

    /// <summary>Runs it to its end.</summary>
    public static async Task<ProgramResult> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        await using var process = Start(arguments);
        return await process.EndAsync(cancellationToken);
    }

    /// <summary>Arguments of a story that is reported as JSON, at the model's own size.</summary>
    public static IEnumerable<string> Story(IEnumerable<string> prompts, string output, params IEnumerable<string> more) =>
        ["story", .. prompts, "-o", output, "--json", "--scale", "1", "--seed", "7", .. more];

    /// <summary>The bytes of every file of a folder, in order.</summary>
    public static IReadOnlyList<byte[]> Frames(string folder) =>
        [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
}
