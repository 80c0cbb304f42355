using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Phenaki.Caching;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>A story loop over fakes, as a process has it: several of them may share a cache, as replicas or restarts do.</summary>
internal sealed class StoryWorld
{
    public StoryWorld(ICacheStore? store = null, Action<OrchestratorOptions>? configure = null, ISeedSource? seeds = null)
    {
        var time = TimeProvider.System;
        var settings = new OrchestratorOptions
        {
            ResumptionDelay = TimeSpan.FromMilliseconds(1),
            MaxResumptionDelay = TimeSpan.FromMilliseconds(50),
        };
        configure?.Invoke(settings);
        var options = Options.Create(settings);
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var metrics = new StoryMetrics(meters);
        Registry = new(Text, Video, Masked, options, time, NullLogger<ModelRegistry>.Instance);
        var resumption = new CallResumption(Registry, options, time, metrics, NullLogger<CallResumption>.Instance);
        var cache = new StoryCache(
            store ?? new NoCacheStore(),
            settings.ToCacheOptions(),
            new CacheStatistics(meters),
            time,
            $"test/{Interlocked.Increment(ref s_replicas)}",
            NullLogger<StoryCache>.Instance);
        Loop = new(
            new PromptEncoder(Text, cache, resumption),
            new ClipMaker(Video, Masked, cache, resumption),
            seeds ?? new FixedSeed(4711),
            options,
            time,
            metrics);
    }

    private static int s_replicas;

    public FakeTextEncoder Text { get; } = new();

    public FakeVideoTokenizer Video { get; } = new();

    public FakeMaskedTransformer Masked { get; } = new();

    public ModelRegistry Registry { get; }

    public StoryLoop Loop { get; }

    /// <summary>Calls in flight to all services.</summary>
    public int InFlight => Text.InFlight + Video.Encoder.InFlight + Video.Decoder.InFlight + Masked.InFlight;

    /// <summary>Calls to all services.</summary>
    public int Calls => Text.Calls + Video.Encoder.Calls + Video.Decoder.Calls + Masked.Calls;

    public static StoryRequest Story(params (string Prompt, int Frames)[] scenes) => new()
    {
        Scenes = [.. scenes.Select(scene => new StoryScene(scene.Prompt, scene.Frames))],
        Sampling = FakeModels.DefaultSampling,
        Seed = 42,
    };

    public IAsyncEnumerable<StoryEvent> Events(StoryRequest story, CancellationToken cancellationToken, DateTimeOffset? deadline = null) =>
        Loop.RunAsync(story, FakeModels.Set, script: null, deadline, cancellationToken);

    public async Task<List<StoryEvent>> RunAsync(StoryRequest story, CancellationToken cancellationToken)
    {
        List<StoryEvent> events = [];
        await foreach (var item in Events(story, cancellationToken))
        {
            events.Add(item);
        }

        return events;
    }

    internal sealed class FixedSeed(ulong seed) : ISeedSource
    {
        public ulong Next() => seed;
    }
}
