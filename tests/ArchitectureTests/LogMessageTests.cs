using System.Text.RegularExpressions;

namespace Phenaki.ArchitectureTests;

/// <summary>Log messages are generated from declarations, have ids of their own, and stand in EVENTS.md.</summary>
public sealed partial class LogMessageTests
{
    private const string Table = "services/shared/Phenaki.ServiceDefaults/EVENTS.md";

    private static IReadOnlyList<(string File, Message Message)> Declared { get; } =
    [
        .. from path in Repository.Files("*.cs")
           let file = Repository.Relative(path)
           where file.StartsWith("services/", StringComparison.Ordinal)
           from Match match in Declaration().Matches(File.ReadAllText(path))
           select (file, new Message(match.Groups["id"].Value, match.Groups["level"].Value, match.Groups["text"].Value)),
    ];

    [Fact]
    public void Ids_OfAllMessages_AreUnique() => Assert.Empty(
        from message in Declared
        group message.File by message.Message.Id into same
        where same.Count() > 1
        select $"{same.Key} is in {string.Join(" and in ", same)}");

    [Fact]
    public void Table_OfAllMessages_SaysWhatTheCodeSays()
    {
        Assert.NotEmpty(Declared);
        var documented = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, Table)))
            .Select(match => new Message(match.Groups["id"].Value, match.Groups["level"].Value, match.Groups["text"].Value));
        Assert.Equal(Declared.Select(one => one.Message).OrderBy(one => one.Id, StringComparer.Ordinal), documented);
    }

    [Fact]
    public void Messages_InEveryProgram_AreGenerated() => Assert.Empty(
        from path in Repository.Files("*.cs")
        let file = Repository.Relative(path)
        where file.StartsWith("services/", StringComparison.Ordinal)
        let text = File.ReadAllText(path)
        where DirectCall().IsMatch(text) || AnyAttribute().Count(text) != Declaration().Count(text)
        select $"{file} logs without LoggerMessage(id, level, text)");

    [GeneratedRegex(@"\[LoggerMessage\((?<id>\d+), LogLevel\.(?<level>\w+), ""(?<text>[^""]*)""\)\]")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\[LoggerMessage\b")]
    private static partial Regex AnyAttribute();

    [GeneratedRegex(@"^\| (?<id>\d+) \| (?<level>\w+) \| `(?<text>[^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"[lL]ogger\.Log\w*\(")]
    private static partial Regex DirectCall();

    private sealed record Message(string Id, string Level, string Text);
}
