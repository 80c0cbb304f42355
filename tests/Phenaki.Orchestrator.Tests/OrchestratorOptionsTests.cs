namespace Phenaki.Orchestrator.Tests;

public sealed class OrchestratorOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreAllowed() => Assert.True(Validate(_ => { }).Succeeded);

    [Theory]
    [InlineData("http://10.0.0.1:5101")]
    [InlineData("https://encoder")]
    [InlineData("dns:///encoder:5101")]
    [InlineData("http://a:5101, http://b:5101")]
    public void Validate_Address_IsAllowed(string address) => Assert.True(Validate(options => options.TextEncoderAddress = address).Succeeded);

    [Theory]
    [InlineData("")]
    [InlineData("encoder:5101")]
    [InlineData("ftp://encoder")]
    [InlineData("/socket")]
    [InlineData("dns:///")]
    [InlineData("http://a:5101,https://b:5101")]
    [InlineData("http://a:5101,dns:///b:5101")]
    public void Validate_NoAddress_NamesSettingAndValue(string address)
    {
        var failure = Assert.Single(Validate(options => options.MaskedTransformerAddress = address).Failures!);
        Assert.Contains("Orchestrator:MaskedTransformerAddress", failure, StringComparison.Ordinal);
        Assert.Contains($"'{address}'", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_LimitsThatContradict_NamesEveryOne()
    {
        var result = Validate(options =>
        {
            options.MaxSceneFrames = 10;
            options.PrefixFrames = 11;
            options.Redis = "a=b=c,,";
        });
        Assert.Collection(
            result.Failures!,
            failure => Assert.Contains("DefaultSceneFrames is 17", failure, StringComparison.Ordinal),
            failure => Assert.Contains("PrefixFrames is 11", failure, StringComparison.Ordinal),
            failure => Assert.Contains("Redis", failure, StringComparison.Ordinal));
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(Action<OrchestratorOptions> change)
    {
        var options = new OrchestratorOptions();
        change(options);
        return new OrchestratorOptionsValidator().Validate(null, options);
    }
}
