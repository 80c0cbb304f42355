using Phenaki.Common.V1;
using Phenaki.Fuzzing.Mutations;
using Phenaki.TextEncoder.V1;

namespace Phenaki.Fuzzing.Targets;

/// <summary>The text encoder.</summary>
internal sealed class TextEncoderTarget() : ServiceTarget(mesh => mesh.Models)
{
    private const string Service = "/phenaki.text_encoder.v1.TextEncoderService/";

    /// <inheritdoc/>
    public override string Name => "text-encoder";

    /// <inheritdoc/>
    protected override IReadOnlyList<CallScript> Scripts { get; } =
    [
        new(Service + "EncodePrompts", new EncodePromptsRequest { Id = "1", Text = "a teddy bear is swimming in the ocean." }),
        new(
            Service + "EncodePrompts",
            new EncodePromptsRequest { Id = "1", Text = "a panda", DataType = DataType.Bfloat16, MaxTokens = 4 },
            new EncodePromptsRequest { Id = "2", Text = "the bear, under water.", DataType = DataType.Float32 },
            new EncodePromptsRequest { Id = "3", Text = "unknown words" }),
        new(Service + "GetModel", new GetModelRequest()),
    ];
}
