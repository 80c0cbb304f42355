using Phenaki.Testing;

namespace Phenaki.FunctionalTests.Telemetry;

/// <summary>What five processes send to a collector about the same story.</summary>
[Collection(nameof(ObservedMesh))]
public sealed class TraceTests(ObservedMesh observed)
{
    private const string Sample = "phenaki.masked_transformer.v1.MaskedTransformerService/SampleTokens";
    private const string Generate = "phenaki.story.v1.StoryService/GenerateStory";
    private const int Client = 3;
    private const int Server = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Trace_OfAStory_ReachesFromTheClientToEveryStep()
    {
        await ArrivedAsync(spans => FirstStory(spans) is { } story && IsComplete(story));
        var story = FirstStory(observed.Collector.Spans)!;
        var byId = story.ToDictionary(span => span.Id);
        var steps = story.Where(span => span.Name == "step").ToList();

        string[] expected =
        [
            "masked-transformer Phenaki.MaskedTransformer step",
            $"masked-transformer Microsoft.AspNetCore {Sample}",
            $"orchestrator Grpc.Net.Client {Sample}",
            "orchestrator Phenaki.Orchestrator clip",
            $"orchestrator Microsoft.AspNetCore {Generate}",
            $"phenaki Grpc.Net.Client {Generate}",
            "phenaki Phenaki.Cli phenaki story",
        ];
        Assert.All(steps, step => Assert.Equal(expected, Way(step, byId)));
        var calls = story.Where(span => span.Name == Sample && span.Span.Kind == Server).ToList();
        Assert.All(calls, call => Assert.Equal(
            Enumerable.Range(1, steps.Count / calls.Count).Select(step => (long?)step),
            steps.Where(step => step.Parent == call.Id).Select(step => step.Number("phenaki.step")).Order()));
        Assert.True(calls.Count > 1 && steps.Count > calls.Count);
        foreach (var name in new[] { "encode prompt", "batch", "decode latent frames", "encode frames", "prompts" })
        {
            Assert.Contains(story, span => span.Name == name);
        }

        Assert.All(story.Where(span => span.Source.StartsWith("Phenaki.", StringComparison.Ordinal)), span => Assert.Matches(@"^\d+\.\d+\.\d+$", span.Version));
        Assert.All(story.Where(span => span.Span.Kind is Client or Server), span => Assert.Equal(0, span.Number("rpc.grpc.status_code")));
        Assert.All(story, span => Assert.NotEqual(2, span.Span.Status?.Code ?? 0));
    }

    [Fact(Timeout = 120_000)]
    public async Task Trace_OfARefusedStory_HasTheGrpcStatusOnBothSpans()
    {
        await ArrivedAsync(spans => spans.Count(span => span.Name == Generate && span.Number("rpc.grpc.status_code") == 8) >= 2);
        var refused = observed.Collector.Spans.Where(span => span.Name == Generate && span.Number("rpc.grpc.status_code") == 8).ToList();
        var asked = Assert.Single(refused, span => span.Service == "phenaki");
        var answered = Assert.Single(refused, span => span.Service == "orchestrator");
        Assert.Equal((Client, Server), (asked.Span.Kind, answered.Span.Kind));
        Assert.Equal(asked.Id, answered.Parent);

        // A full service is no error of its own, but one for whoever wanted a story.
        Assert.Equal((2, 0), (asked.Span.Status?.Code ?? 0, answered.Span.Status?.Code ?? 0));
    }

    [Fact(Timeout = 120_000)]
    public async Task Trace_OfAnEmbeddedStory_ReachesFromTheCommandToEveryStepToo()
    {
        await using (var client = ProgramProcess.Start(
            "cli",
            "phenaki",
            Cli.Story(["a blue bear dances."], observed.Mesh.Of("embedded"), "--model", observed.Mesh.Model, "--device", "cpu", "--no-cache"),
            observed.Collector.Variables))
        {
            (await client.EndAsync(Token)).Succeeded();
        }

        // What a process sends at its end has arrived when it has ended.
        var trace = observed.Collector.Spans.First(span => span is { Service: "phenaki", Name: "step" }).Trace;
        var story = observed.Collector.Spans.Where(span => span.Trace == trace).ToList();
        Assert.All(story, span => Assert.Equal("phenaki", span.Service));
        Assert.True(IsComplete(story));
        Assert.Equal(story.Count, story.Select(span => span.Id).Distinct().Count());
        Assert.Equal("phenaki Phenaki.Cli phenaki story", Way(story.First(span => span.Name == "step"), story.ToDictionary(span => span.Id)).Last());
    }

    [Fact(Timeout = 120_000)]
    public async Task Collector_OfEveryService_GetsMetricsAndLogs()
    {
        foreach (var service in new[] { "orchestrator", "text-encoder", "video-tokenizer", "masked-transformer" })
        {
            await ArrivedAsync(_ => observed.Collector.Metrics.Contains($"{service}: phenaki.queue.depth"));
        }

        await ArrivedAsync(_ => observed.Collector.Logs.Any(line => line.StartsWith("orchestrator: Story with seed 7 finished: 34 frames", StringComparison.Ordinal)));
        await ArrivedAsync(_ => observed.Collector.Logs.Contains("text-encoder: phenaki.text_encoder.v1.TextEncoderService is ready."));
    }

    private static List<ReceivedSpan>? FirstStory(IReadOnlyCollection<ReceivedSpan> spans) =>
        spans.FirstOrDefault(span => span is { Service: "masked-transformer", Name: "step" }) is { } step ? [.. spans.Where(span => span.Trace == step.Trace)] : null;

    /// <summary>Processes send at times of their own: complete is a trace whose spans all know their parents, and whose clips have the same steps.</summary>
    private static bool IsComplete(List<ReceivedSpan> story)
    {
        var known = story.Select(span => span.Id).ToHashSet();
        var steps = story.Where(span => span.Name == "step").CountBy(span => span.Parent).Select(one => one.Value).ToList();
        return story.Any(span => span.Name == "phenaki story")
            && story.All(span => span.Parent.IsEmpty || known.Contains(span.Parent))
            && steps.Count == story.Count(span => span.Name == Sample && span.Span.Kind == Server)
            && steps.TrueForAll(count => count == steps[0]);
    }

    private static IEnumerable<string> Way(ReceivedSpan? span, Dictionary<Google.Protobuf.ByteString, ReceivedSpan> byId)
    {
        for (; span is not null; span = byId.GetValueOrDefault(span.Parent))
        {
            yield return span.ToString();
        }
    }

    private Task ArrivedAsync(Func<IReadOnlyCollection<ReceivedSpan>, bool> condition) =>
        Eventually.TrueAsync(() => ValueTask.FromResult(condition(observed.Collector.Spans)), Token);
}
