using Phenaki.Benchmarks.Load;
using Phenaki.Benchmarks.Mesh;
using Phenaki.Benchmarks.Sampling;
using Phenaki.Benchmarks.Tokenizing;
using Phenaki.Benchmarks.Training;
using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Testing;

namespace Phenaki.Benchmarks;

/// <summary>Everything that is measured, in the order of the report.</summary>
internal static class BenchmarkList
{
    // What published systems of this kind are compared at: 1,536 tokens, a text of 32 rows.
    private static readonly MaskedTransformerConfig Configuration = new()
    {
        Name = "benchmark",
        CodebookSize = 8192,
        Rows = 16,
        Columns = 16,
        MaxLatentFrames = 6,
        Width = 512,
        Layers = 8,
        Heads = 8,
        Mlp = 2048,
        TextWidth = 512,
        DefaultSampling = new() { Steps = 12, GuidanceScale = 3 },
    };

    /// <summary>Folder of the model that ships.</summary>
    public static string Shipped(string part) => Path.Combine(RepositoryFiles.Root, "services", "models", "storyworld", part);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IBenchmark> All { get; } =
    [
        new SamplingBenchmark("sample_shipped", Shipped("masked-transformer"), null, null, 12),
        new SamplingBenchmark("sample_12", null, Configuration, 12, 32),
        new SamplingBenchmark("sample_48", null, Configuration, 48, 32),
        new PublishedBenchmark(Configuration, 32),
        new SharedForwardBenchmark("shared_forward", [2, 4, 8]),
        new SamplingBenchmark("gpu_0_9b", null, Presets.MaskedTransformers["phenaki-0.9b"], null, 32, onGpu: true),
        new SamplingBenchmark("gpu_1_8b", null, Presets.MaskedTransformers["phenaki-1.8b"], null, 32, onGpu: true),
        new SharedForwardBenchmark("gpu_shared_forward", [16], 6, onGpu: true),
        new ClipBenchmark(),
        new TokenizerBenchmark("tokenizer_shipped", Shipped("video-tokenizer"), null),
        new TokenizerBenchmark("tokenizer_128", null, Presets.VideoTokenizers["c-vivit-128"]),
        new TrainingPassBenchmark(Configuration),
        new TrainingMemoryBenchmark(),
        new LoadBenchmark(),
        new CancellationBenchmark(),
        new StartBenchmark(),
        new StoryBenchmark(),
        new MembershipBenchmark(),
    ];
}
