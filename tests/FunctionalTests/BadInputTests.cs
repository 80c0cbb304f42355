using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Phenaki.Testing;

namespace Phenaki.FunctionalTests;

/// <summary>What is asked for wrongly ends in a message that says what to change, never in a stack trace or half a file.</summary>
public sealed class BadInputTests : IDisposable
{
    private const int Timeout = 60_000;
    private const int Failure = 1;
    private const int Usage = 2;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Arguments after "story", the exit code, and words of the message. OUT is a good output.</summary>
    public static TheoryData<string[], int, string> Table { get; } = new()
    {
        { ["-o", "OUT"], Usage, "There is no prompt" },
        { ["a bear"], Usage, "--output" },
        { ["", "-o", "OUT"], Usage, "Prompt 1 is empty" },
        { ["a bear", "  ", "-o", "OUT"], Usage, "Prompt 2 is empty" },
        { [new string('a', 100_000), "-o", "OUT"], Usage, "Prompt 1 has 100000 characters; allowed are 1 to 4096." },
        { ["a\u0007bear", "-o", "OUT"], Usage, "U+0007" },
        { ["a bear", "--style", new string('s', 600), "-o", "OUT"], Usage, "--style has 600 characters" },
        { ["a bear", "--frames", "0", "-o", "OUT"], Usage, "--frames is 0; allowed are 1 to 10000" },
        { ["a bear", "--frames", "10000000", "-o", "OUT"], Usage, "--frames is 10000000; allowed are 1 to 10000" },
        { ["a bear", "--steps", "0", "-o", "OUT"], Usage, "--steps is 0; allowed are 1 to 256." },
        { ["a bear", "--steps", "1000000000", "-o", "OUT"], Usage, "--steps is 1000000000; allowed are 1 to 256." },
        { ["a bear", "--steps", "1e9", "-o", "OUT"], Usage, "--steps" },
        { ["a bear", "--guidance", "NaN", "-o", "OUT"], Usage, "--guidance is NaN; allowed are 0 to 64." },
        { ["a bear", "--temperature", "-1", "-o", "OUT"], Usage, "--temperature is -1; allowed are 0 to 16." },
        { ["a bear", "--seed", "-1", "-o", "OUT"], Usage, "--seed" },
        { ["a bear", "--model", "/no/such/model", "-o", "OUT"], Usage, "there is no folder '/no/such/model'" },
        { ["a bear", "--model", "EMPTY", "-o", "OUT"], Usage, "holds no folder 'text-encoder'" },
        { ["a bear", "--model", "NOWEIGHTS", "-o", "OUT"], Failure, "model.safetensors" },
        { ["a bear", "--model", "MODEL", "--image", "NOTANIMAGE", "-o", "OUT"], Usage, "--image: " },
        { ["a bear", "--model", "MODEL", "--image", "/no/such/image.png", "-o", "OUT"], Usage, "/no/such/image.png" },
        { ["a bear", "--model", "MODEL", "--clip", "NOTANIMAGE", "-o", "OUT"], Usage, "--clip: " },
        { ["a bear", "-o", "/no/such/folder/story.mp4"], Usage, "/no/such/folder" },
        { ["a bear", "-o", "OUT.avi"], Usage, ".avi" },
        { ["a bear", "-o", "OUT", "--scale", "99"], Usage, "--scale is 99; allowed are 1 to 16." },
        { ["a bear", "-o", "OUT", "--device", "abacus", "--model", "MODEL"], Usage, "abacus" },
        { ["a bear", "-o", "OUT", "--address", "somewhere"], Usage, "--address is 'somewhere'" },
        { ["a bear", "-o", "OUT", "--address", "http://127.0.0.1:1"], Failure, "phenaki serve" },
        { ["a bear", "-o", "OUT", "--address", "http://127.0.0.1:1", "--model", "MODEL"], Usage, "--model" },
        { ["a bear", "-o", "OUT", "--no-cache", "--redis", "127.0.0.1:1"], Usage, "exclude each other" },
        { ["a bear", "-o", "OUT", "--frobnicate"], Usage, "--frobnicate" },
    };

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Table), DisableDiscoveryEnumeration = true)]
    public async Task Story_AskedForWrongly_SaysWhatToChange(string[] arguments, int exitCode, string words)
    {
        Directory.CreateDirectory(_folder.Of("empty"));
        await File.WriteAllTextAsync(_folder.Of("notes.png"), "This is no picture.", Token);
        if (arguments.Contains("MODEL") || arguments.Contains("NOWEIGHTS"))
        {
            StoryModel.Write(_folder.Of("model"));
            StoryModel.Write(_folder.Of("no-weights"));
            File.Delete(_folder.Of("no-weights", "masked-transformer", "model.safetensors"));
        }

        string[] real = [.. arguments.Select(argument => argument switch
        {
            "EMPTY" => _folder.Of("empty"),
            "MODEL" => _folder.Of("model"),
            "NOWEIGHTS" => _folder.Of("no-weights"),
            "NOTANIMAGE" => _folder.Of("notes.png"),
            _ => argument.StartsWith("OUT", StringComparison.Ordinal) ? _folder.Of($"story{argument[3..]}") : argument,
        })];

        var result = await Cli.RunAsync(["story", .. real], Token);

        AssertSays(result, exitCode, words);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, "story*"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, ".*"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WithSeveralMistakes_NamesEachOnItsLine()
    {
        var result = await Cli.RunAsync(["story", "", "--steps", "0", "--guidance", "NaN", "-o", _folder.Of("story.mp4")], Token);

        Assert.Equal(Usage, result.ExitCode);
        Assert.Equal(3, result.Error.Trim().Split('\n').Length);
    }

    [Fact(Timeout = Timeout)]
    public async Task Serve_OnAPortInUse_SaysWhatToChange()
    {
        StoryModel.Write(_folder.Of("model"));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var result = await Cli.RunAsync(["serve", "--port", port, "--model", _folder.Of("model"), "--device", "cpu", "--no-cache"], Token);

        AssertSays(result, Failure, "choose another port with --port");
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static void AssertSays(ProgramResult result, int exitCode, string words)
    {
        Assert.True(result.ExitCode == exitCode, $"Exit code {result.ExitCode}.\n{result.Output}\n{result.Error}");
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error + result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("mistake of the program", result.Error, StringComparison.Ordinal);
    }
}
