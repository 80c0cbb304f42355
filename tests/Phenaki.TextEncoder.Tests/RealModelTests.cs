using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Phenaki.Contracts;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Testing;
using Phenaki.Testing.Models;
using Phenaki.TextEncoder.V1;

namespace Phenaki.TextEncoder.Tests;

public sealed class RealModelTests
{
    private static readonly string Fixture = RepositoryFiles.Fixture("t5-tiny-gated");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task EncodePrompts_FixtureOfAnIndependentImplementation_IsReproducedOverTheWire()
    {
        await using var host = await TextEncoderHost.StartAsync(load: null, Cancellation, ("Model", Fixture));
        await host.ReadyAsync(Cancellation);
        using var cases = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Fixture, "cases.json"), Cancellation));
        var sendable = cases.RootElement.EnumerateArray()
            .Select((c, i) => (Id: $"{i}", Text: c.GetProperty("text").GetString()!, Case: c))
            .Where(c => !string.IsNullOrWhiteSpace(c.Text) && !c.Text.Any(char.IsControl))
            .ToList();
        var answers = await host.EncodeAsync(Cancellation, [.. sendable.Select(c => new EncodePromptsRequest { Id = c.Id, Text = c.Text })]);
        Assert.NotEmpty(sendable);
        foreach (var (id, _, expected) in sendable)
        {
            var ids = expected.GetProperty("ids").EnumerateArray().Select(e => e.GetUInt32()).ToArray();
            Assert.Equal(ids, answers[id].TokenIds);
            var rows = WireTensorReader.ReadFloats(answers[id].Embedding, "embedding", ids.Length, 64);
            foreach (var (row, first) in expected.GetProperty("embedding_first_8").EnumerateArray().Index())
            {
                foreach (var (column, number) in first.EnumerateArray().Index())
                {
                    Assert.Equal(number.GetSingle(), rows[(row * 64) + column], 1e-4f);
                }
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task EncodePrompts_AloneAndAmongOthers_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        await using var host = await TextEncoderHost.StartAsync(load: null, Cancellation, ("Model", TinyModels.WriteTextEncoder(folder.Of("model"))));
        await host.ReadyAsync(Cancellation);
        var prompt = new EncodePromptsRequest { Id = "bear", Text = "a teddy bear is snowboarding under water" };
        var alone = (await host.EncodeAsync(Cancellation, prompt))["bear"];
        var together = await host.EncodeAsync(
            Cancellation, [.. Enumerable.Range(1, 20).Select(i => new EncodePromptsRequest { Id = $"{i}", Text = string.Join(' ', TinyModels.Words.Take(i)) }), prompt]);
        Assert.Equal(alone, together["bear"]);
        Assert.Equal(["snowboarding"], alone.UnknownWords);
    }

    [Fact(Timeout = 120_000)]
    public async Task Start_FolderOfAnotherKindOfModel_StopsTheHostAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        await using var host = await TextEncoderHost.StartAsync(load: null, Cancellation, ("Model", TinyModels.WriteMaskedTransformer(folder.Of("model"))));
        await Assert.ThrowsAsync<StartupException>(() => host.ReadyAsync(Cancellation));
        Assert.Contains("model_type", host.Services.GetRequiredService<StartupFailure>().Message, StringComparison.Ordinal);
    }
}
