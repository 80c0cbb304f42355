using System.Text.RegularExpressions;

namespace Phenaki.ArchitectureTests;

/// <summary>The contracts are read by clients in other languages: everything in them is explained, and numbers travel as bytes.</summary>
public sealed partial class ProtoTests
{
    public static TheoryData<string> Files =>
        [.. Repository.Files("*.proto").Select(Repository.Relative).Where(file => file.StartsWith("protos/", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Files))]
    public void Declarations_InEveryFile_HaveAComment(string file)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, file));
        Assert.Empty(
            from i in Enumerable.Range(1, lines.Length - 1)
            where Declaration().IsMatch(lines[i]) && !lines[i - 1].TrimStart().StartsWith("//", StringComparison.Ordinal)
            select $"{file}:{i + 1} has no comment: {lines[i].Trim()}");
    }

    [Theory, MemberData(nameof(Files))]
    public void Fields_InEveryFile_AreNoLongListsOfFloats(string file) =>
        Assert.DoesNotMatch(RepeatedFloat(), File.ReadAllText(Path.Combine(Repository.Root, file)));

    [Theory]
    [InlineData("message Frame {")]
    [InlineData("  uint32 index = 1;")]
    [InlineData("  optional phenaki.common.v1.SamplingSettings sampling = 6;")]
    [InlineData("  rpc GetModel(GetModelRequest) returns (GetModelResponse);")]
    [InlineData("  DATA_TYPE_UINT8 = 1;")]
    [InlineData("  oneof event {")]
    [InlineData("  map<string, uint32> counts = 2;")]
    public void Declaration_EveryKind_IsSeen(string line) => Assert.Matches(Declaration(), line);

    [Theory]
    [InlineData("  // uint32 index = 1;")]
    [InlineData("option csharp_namespace = \"Phenaki\";")]
    [InlineData("syntax = \"proto3\";")]
    [InlineData("  reserved 3;")]
    [InlineData("}")]
    public void Declaration_AnythingElse_IsNot(string line) => Assert.DoesNotMatch(Declaration(), line);

    // A type of its own, or a member: words or a map, a name, an equals sign and a number.
    [GeneratedRegex(@"^\s*((message|enum|service|oneof|rpc)\s+\w|(?!//|option\b|reserved\b|syntax\b)([\w.]+\s+|map<[^>]*>\s+)*\w+\s*=\s*\d+\s*[;\[])")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\brepeated\s+(float|double)\b")]
    private static partial Regex RepeatedFloat();
}
