using Phenaki.Contracts;
using Phenaki.Fuzzing.Mutations;
using Phenaki.Story.V1;
using Phenaki.Testing.Models;
using Phenaki.Testing.Services;

namespace Phenaki.Fuzzing.Targets;

/// <summary>The orchestrator, with the three services behind it: what it lets through they must be able to do.</summary>
internal sealed class OrchestratorTarget() : ServiceTarget(mesh => mesh.Orchestrator)
{
    private const string Service = "/phenaki.story.v1.StoryService/";

    /// <inheritdoc/>
    public override string Name => "orchestrator";

    /// <inheritdoc/>
    protected override IReadOnlyList<CallScript> Scripts { get; } =
    [
        new(Service + "GenerateStory", new GenerateStoryRequest { Scenes = { new Scene { Prompt = "a bear is swimming.", Frames = 3 } }, Seed = 7 }),
        new(Service + "GenerateStory", new GenerateStoryRequest
        {
            Scenes = { new Scene { Prompt = "a teddy bear.", Frames = 3 }, new Scene { Prompt = "the bear goes under water.", Frames = 2 } },
            Style = "pencil drawing",
            NegativePrompt = "a panda",
            OpeningFrames = { WireTensor.Frame(0, Still()) },
            Seed = ulong.MaxValue,
            Sampling = new() { Steps = 2, GuidanceScale = 1, Temperature = 0, ChoiceTemperature = 0 },
        }),
        new(Service + "GetModel", new GetModelRequest()),
    ];

    /// <summary>The frames: reports hold times.</summary>
    protected override IEnumerable<ReadOnlyMemory<byte>> Lasting(byte[] body) =>
        from message in RawCall.Messages(body)
        let item = GenerateStoryResponse.Parser.ParseFrom(message.Span)
        where item.Frame is not null
        select item.Frame.Frame.Rgb.Memory;

    private static byte[] Still() =>
        [.. Enumerable.Range(0, TinyModels.VideoTokenizer.FrameHeight * TinyModels.VideoTokenizer.FrameWidth * 3).Select(i => (byte)(i * 5))];
}
