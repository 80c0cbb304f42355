using System.Text.RegularExpressions;

namespace Phenaki.ArchitectureTests;

/// <summary>No file knows the machine that it was written on.</summary>
public sealed partial class AbsolutePathTests
{
    private const long LargestText = 4 << 20;

    [Fact]
    public void Files_Everywhere_NameNoPathOfAMachine() => Assert.Empty(
        from path in Repository.Files("*")
        where new FileInfo(path).Length <= LargestText
        let match = MachinePath().Match(File.ReadAllText(path))
        where match.Success
        select $"{Repository.Relative(path)} names '{match.Value}'");

    // Written with one letter in brackets, so that this file does not name such a path itself.
    [GeneratedRegex(@"(?<![\w.\-/~})])/(w[o]rk|r[o]ot|tmp/w[t]|U[s]ers)/|(?<![\w.\-/~})])/h[o]me/(?!app\b|\$)|\b[A-Z]:\\U[s]ers\\")]
    private static partial Regex MachinePath();
}
