using Phenaki.MaskedTransformer;
using Phenaki.Orchestrator;
using Phenaki.TextEncoder;
using Phenaki.VideoTokenizer;

namespace Phenaki.ChartTests.Rendering;

/// <summary>A service as its own code describes it.</summary>
/// <param name="Key">In values.yaml.</param>
/// <param name="Name">Of the service.</param>
/// <param name="Section">Of its configuration.</param>
/// <param name="Options">Its options.</param>
/// <param name="Health">Name of the gRPC service, in the contracts.</param>
/// <param name="Port">Its port, in the README.</param>
/// <param name="Managed">Options that are the chart's to set: what follows from other values.</param>
internal sealed record MeshService(string Key, string Name, string Section, Type Options, string Health, int Port, IReadOnlyList<string> Managed)
{
    private static readonly string[] Model = [nameof(TextEncoderOptions.Model), nameof(TextEncoderOptions.Device)];

    /// <summary>The four.</summary>
    public static IReadOnlyList<MeshService> All { get; } =
    [
        new("textEncoder", "text-encoder", TextEncoderOptions.Section, typeof(TextEncoderOptions), "phenaki.text_encoder.v1.TextEncoderService", 5101, Model),
        new("videoTokenizer", "video-tokenizer", VideoTokenizerOptions.Section, typeof(VideoTokenizerOptions), "phenaki.video_tokenizer.v1.VideoTokenizerService", 5102, Model),
        new("maskedTransformer", "masked-transformer", MaskedTransformerOptions.Section, typeof(MaskedTransformerOptions), "phenaki.masked_transformer.v1.MaskedTransformerService", 5103, Model),
        new(
            "orchestrator", "orchestrator", OrchestratorOptions.Section, typeof(OrchestratorOptions), "phenaki.story.v1.StoryService", 5100,
            [
                nameof(OrchestratorOptions.TextEncoderAddress), nameof(OrchestratorOptions.VideoTokenizerAddress), nameof(OrchestratorOptions.MaskedTransformerAddress),
                nameof(OrchestratorOptions.DnsUsesTls), .. typeof(OrchestratorOptions).GetProperties().Select(p => p.Name).Where(n => n.StartsWith("Redis", StringComparison.Ordinal)),
            ]),
    ];

    /// <summary>The three with a model.</summary>
    public static IEnumerable<MeshService> Workers => All.Where(service => service.Name != "orchestrator");
}
