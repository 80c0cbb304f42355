using Grpc.Core;
using Phenaki.Common.V1;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder.V1;

namespace Phenaki.TextEncoder.Tests;

public sealed class EncodePromptsValidationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("", "text", 0, 0, "prompts[0].id: has 0 characters; allowed are 1 to 128.")]
    [InlineData("p", "", 0, 0, "prompts[0].text: has 0 characters; allowed are 1 to 4096.")]
    [InlineData("p", "  ", 0, 0, "prompts[0].text: is blank; it must say something.")]
    [InlineData("p", "a\tb", 0, 0, "prompts[0].text: has the control character U+0009 at 1; control characters are not allowed.")]
    [InlineData("p", "text", 1, 0, "prompts[0].data_type: is Uint8; allowed are Float32 and Bfloat16.")]
    [InlineData("p", "text", 99, 0, "prompts[0].data_type: is 99; allowed are Float32 and Bfloat16.")]
    [InlineData("p", "text", 0, 17, "prompts[0].max_tokens: is 17; allowed are 0 to 16.")]
    [InlineData("p", "text", 0, uint.MaxValue, "prompts[0].max_tokens: is 4294967295; allowed are 0 to 16.")]
    public async Task EncodePrompts_OneBadField_NamesFieldValueAndWhatIsAllowed(string id, string text, int dataType, uint maxTokens, string expected)
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation);
        var error = await host.FailAsync(Cancellation, new EncodePromptsRequest { Id = id, Text = text, DataType = (DataType)dataType, MaxTokens = maxTokens });
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(expected, Assert.Single(error.Violations()));
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_100000Characters_AreRefusedInAShortMessage()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation);
        var error = await host.FailAsync(Cancellation, new EncodePromptsRequest { Id = new string('i', 129), Text = new string('a', 100_000), MaxTokens = 99 });
        Assert.Equal(["prompts[0].id", "prompts[0].text", "prompts[0].max_tokens"], error.Fields());
        Assert.Contains("prompts[0].text: has 100000 characters; allowed are 1 to 4096.", error.Violations());
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_AnIdTwice_IsRefusedWithItsNumber()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation);
        var error = await host.FailAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = "a" }, new EncodePromptsRequest { Id = "p", Text = "b" });
        Assert.Equal("prompts[1].id: is \"p\" again; ids must be unique in their stream.", Assert.Single(error.Violations()));
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_MorePromptsThanAStreamHolds_AreRefused()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation, ("MaxPromptsPerStream", "3"));
        var error = await host.FailAsync(Cancellation, [.. Enumerable.Range(0, 4).Select(i => new EncodePromptsRequest { Id = $"{i}", Text = "a" })]);
        Assert.Equal("prompts[3]: is one too many; a stream holds up to 3 prompts.", Assert.Single(error.Violations()));
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_EmbeddingAboveTheMessageLimit_SaysWhatToAskFor()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder { Width = 4096, MaxTokens = 512 }, Cancellation);
        var long_ = new string('a', 600);
        var error = await host.FailAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = long_ });
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(["prompts[0].max_tokens"], error.Fields());
        Assert.Single(await host.EncodeAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = long_, MaxTokens = 200 }));
    }
}
