using static TorchSharp.torch;

namespace Phenaki.Models.Tests;

public sealed class PrecisionTests
{
    [Theory]
    [InlineData("auto", ScalarType.Float32)]
    [InlineData("float32", ScalarType.Float32)]
    [InlineData("bfloat16", ScalarType.BFloat16)]
    public void Of_TheProcessor_IsFloat32UnlessAskedFor(string precision, ScalarType expected)
    {
        Assert.Empty(Precision.Violations(precision));
        Assert.Equal(expected, Precision.Of(precision, CPU));
    }

    [Fact]
    public void Identity_InAnotherType_HasAnotherFingerprint()
    {
        var identity = new ModelIdentity("name", "1", new string('a', 64), 8);
        var (same, other, half) = (identity.In(ScalarType.Float32), identity.In(ScalarType.BFloat16), identity.In(ScalarType.Float16));
        Assert.Equal(identity, same);
        Assert.Equal(identity with { Fingerprint = other.Fingerprint }, other);
        Assert.Matches("^[0-9a-f]{64}$", other.Fingerprint);
        Assert.Equal(3, new[] { same.Fingerprint, other.Fingerprint, half.Fingerprint }.Distinct().Count());
    }
}
