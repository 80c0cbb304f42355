using CsCheck;
using Grpc.Core;
using Phenaki.Common.V1;
using Phenaki.Contracts;
using Phenaki.TextEncoder.V1;

namespace Phenaki.TextEncoder.Tests;

public sealed class EncodePromptsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_OnePrompt_AnswersRowsIdsAndUnknownWords()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation);
        var answer = (await host.EncodeAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = "a xyz" }))["p"];
        Assert.Equal(["a xyz".ToCharArray().Select(c => (uint)c), [1u]], [answer.TokenIds.SkipLast(1), answer.TokenIds.TakeLast(1)]);
        Assert.Equal(DataType.Float32, answer.Embedding.DataType);
        Assert.Equal(['a', 0, ' ', 1, 'x', 2, 'y', 3, 'z', 4, 1, 5], WireTensorReader.ReadFloats(answer.Embedding, "embedding", 6, 2));
        Assert.Equal(["xyz"], answer.UnknownWords);
        Assert.False(answer.Truncated);
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_BFloat16AndMaxTokens_AreHonoured()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation);
        var answer = (await host.EncodeAsync(
            Cancellation, new EncodePromptsRequest { Id = "p", Text = "abcdef", DataType = DataType.Bfloat16, MaxTokens = 3 }))["p"];
        Assert.Equal(DataType.Bfloat16, answer.Embedding.DataType);
        Assert.Equal(['a', 0, 'b', 1, 1, 2], WireTensorReader.ReadFloats(answer.Embedding, "embedding", 3, 2));
        Assert.True(answer.Truncated);
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_ManyPromptsOfManyLimits_EachGetsItsOwnAnswer()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation, ("MaxQueue", "100"));
        var prompts = Enumerable.Range(0, 500)
            .Select(i => new EncodePromptsRequest { Id = $"{i}", Text = $"prompt {i}", MaxTokens = (uint)(i % 16) + 1 })
            .ToList();
        var answers = await host.EncodeAsync(Cancellation, prompts);
        Assert.Equal(500, answers.Count);
        foreach (var prompt in prompts)
        {
            Assert.Equal(
                [.. prompt.Text.Take((int)prompt.MaxTokens - 1).Select(c => (uint)c), 1u],
                answers[prompt.Id].TokenIds);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_WhileTheClientStillSends_AnswersLeave()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation);
        using var call = host.Client().EncodePrompts(cancellationToken: Cancellation);
        foreach (var id in new[] { "first", "second" })
        {
            await call.RequestStream.WriteAsync(new() { Id = id, Text = "text" }, Cancellation);
            Assert.True(await call.ResponseStream.MoveNext(Cancellation));
            Assert.Equal(id, call.ResponseStream.Current.Id);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_NoPrompt_EndsWithoutAnAnswer()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation);
        Assert.Empty(await host.EncodeAsync(Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task GetModel_Ready_TellsWidthAndLimit()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation);
        Assert.Equal(
            new GetModelResponse { Model = new() { Name = "fake", Version = "2", Fingerprint = new string('b', 64), Parameters = 7 }, Width = 2, MaxTokens = 16 },
            await host.Client().GetModelAsync(new(), cancellationToken: Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_TheModelThrowsForOnePrompt_FailsThatStreamAlone()
    {
        await using var host = await TextEncoderHost.StartAsync(new FakeTextEncoder(), Cancellation);
        var others = Task.WhenAll(Enumerable.Range(0, 8).Select(i => host.EncodeAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = $"text {i}" })));
        Assert.Equal(StatusCode.Internal, (await host.FailAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = "bug" })).StatusCode);
        Assert.All(await others, a => Assert.Single(a));
    }

    [Fact]
    public void EstimatedTokens_AnyText_IsAtLeastOneAndAtMostTheLimit() =>
        Gen.Select(Gen.String[1, 200], Gen.Int[1, 100]).Sample((text, limit) =>
            new Encoding.Prompt(0, "id", text, DataType.Float32, limit).EstimatedTokens >= 1
            && new Encoding.Prompt(0, "id", text, DataType.Float32, limit).EstimatedTokens <= limit);
}
