using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Testing.Services;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class ViolationsTests
{
    [Theory]
    [InlineData("", "has 0 characters; allowed are 1 to 8.")]
    [InlineData("123456789", "has 9 characters; allowed are 1 to 8.")]
    [InlineData("a\nb", "has the control character U+000A at 1; control characters are not allowed.")]
    [InlineData("ab\u0085", "has the control character U+0085 at 2; control characters are not allowed.")]
    [InlineData("   ", "is blank; it must say something.")]
    public void Text_Bad_SaysWhatIsAllowed(string text, string expected)
    {
        var violations = new Violations();
        violations.Text("prompt", text, 8);
        Assert.Equal(expected, Assert.Single(violations.Problems).Message);
    }

    [Fact]
    public void Text_Good_AddsNothing()
    {
        var violations = new Violations();
        violations.Text("prompt", "a teddy", 8);
        violations.Text("style", "", 8, minimum: 0);
        violations.Range("steps", 1, 1, 256);
        violations.Range("steps", 256, 1, 256);
        violations.ThrowIfAny();
        Assert.False(violations.Any);
    }

    [Fact]
    public void ThrowIfAny_ThousandsOfProblems_StaysBelowWhatClientsAcceptInTrailers()
    {
        var violations = new Violations();
        for (var i = 0; i < 5_000; i++)
        {
            violations.Add($"scenes[{i}].prompt", new string('\u00e9', 10_000));
        }

        var error = Assert.Throws<RpcException>(violations.ThrowIfAny);
        Assert.InRange(error.GetRpcStatus()!.ToByteArray().Length * 4 / 3 + Encoding.UTF8.GetByteCount(error.Status.Detail) * 3, 1, 8 * 1024);
        Assert.EndsWith("more fields are wrong.", error.Violations()[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc", "\"abc\"")]
    [InlineData("a\u0000b", "\"a?b\"")]
    public void Quote_Text_IsPrintable(string text, string expected) => Assert.Equal(expected, Violations.Quote(text));

    [Fact]
    public void Quote_Long_IsCutOff() => Assert.Equal(48 + 5, Violations.Quote(new string('a', 100_000)).Length);
}
