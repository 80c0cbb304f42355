using System.Diagnostics;
using System.Text.RegularExpressions;
using Phenaki.Testing;

namespace Phenaki.ClientTests;

/// <summary>
/// A client's folder, copied with the contracts into a folder of its own and built there as its README says, so that the source tree stays as it is.
/// </summary>
/// <param name="root">Gets tests/Clients and protos, in the layout of the repository.</param>
/// <param name="language">The language.</param>
internal sealed class ClientFolder(string root, ClientLanguage language)
{
    private readonly string _folder = Path.Combine(root, "tests", "Clients", language.Folder);

    /// <summary>The README of the client.</summary>
    public string Readme => File.ReadAllText(Path.Combine(_folder, "README.md"));

    /// <summary>Copies it and builds it.</summary>
    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        string[] parts = ["protos", Path.Combine("tests", "Clients", "protos"), Path.Combine("tests", "Clients", language.Folder)];
        foreach (var part in parts)
        {
            Copy(Path.Combine(RepositoryFiles.Root, part), Path.Combine(root, part));
        }

        (await RunAsync(Block("build"), cancellationToken)).Succeeded();
    }

    /// <summary>The commands of the README that stand after a mark.</summary>
    public string Block(string mark) => Fence(mark).Match(Readme) is { Success: true } block
        ? block.Groups["commands"].Value
        : throw new InvalidDataException($"{language.Folder}/README.md has no commands after <!-- {mark} -->.");

    /// <summary>The text of a file.</summary>
    public string Text(string file) => File.ReadAllText(Path.Combine(_folder, file));

    /// <summary>Absolute path of a file.</summary>
    public string Of(string file) => Path.Combine(_folder, file);

    /// <summary>Runs commands of a shell, to their end.</summary>
    public async Task<ProgramResult> RunAsync(string commands, CancellationToken cancellationToken, string address = "")
    {
        var start = Shell(commands);
        start.Environment["PHENAKI_ADDRESS"] = address;
        await using var process = ProgramProcess.Start(start);
        return await process.EndAsync(cancellationToken);
    }

    /// <summary>Starts the client with arguments.</summary>
    public ProgramProcess Start(params IEnumerable<string> arguments)
    {
        // The client itself is the process, so that signals reach it.
        var start = Shell($"exec {language.Command} \"$@\"");
        start.ArgumentList.Add("story");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return ProgramProcess.Start(start);
    }

    private ProcessStartInfo Shell(string commands)
    {
        var start = new ProcessStartInfo("sh") { WorkingDirectory = _folder, ArgumentList = { "-euc", commands } };
        start.Environment["PATH"] = ClientLanguage.SearchPath;
        return start;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(from).Where(folder => !ClientLanguage.Built.Contains(Path.GetFileName(folder))))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private static Regex Fence(string mark) => new($@"<!-- {mark} -->\s*```sh\n(?<commands>.*?)```", RegexOptions.Singleline, TimeSpan.FromSeconds(1));
}
