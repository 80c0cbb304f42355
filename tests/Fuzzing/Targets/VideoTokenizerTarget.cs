using Google.Protobuf;
using Phenaki.Contracts;
using Phenaki.Fuzzing.Mutations;
using Phenaki.Testing.Models;
using Phenaki.VideoTokenizer.V1;

namespace Phenaki.Fuzzing.Targets;

/// <summary>The video tokenizer, in both directions.</summary>
internal sealed class VideoTokenizerTarget() : ServiceTarget(mesh => mesh.Models)
{
    private const string Service = "/phenaki.video_tokenizer.v1.VideoTokenizerService/";

    /// <inheritdoc/>
    public override string Name => "video-tokenizer";

    /// <inheritdoc/>
    protected override IReadOnlyList<CallScript> Scripts { get; } =
    [
        new(Service + "EncodeVideo", [Header(), Frame(0), Frame(1), Frame(2)]),
        new(Service + "DecodeVideo", [new DecodeVideoRequest { Header = new() }, Tokens(0), Tokens(1)]),
        new(Service + "DecodeVideo", [new DecodeVideoRequest { Header = new() { FirstFrame = 2 } }, Tokens(0), Tokens(1)]),
        new(Service + "GetModel", new GetModelRequest()),
    ];

    private static EncodeVideoRequest Header() =>
        new() { Header = new() { Height = (uint)TinyModels.VideoTokenizer.FrameHeight, Width = (uint)TinyModels.VideoTokenizer.FrameWidth } };

    private static IMessage Frame(int index)
    {
        var rgb = new byte[TinyModels.VideoTokenizer.FrameHeight * TinyModels.VideoTokenizer.FrameWidth * 3];
        for (var i = 0; i < rgb.Length; i++)
        {
            rgb[i] = (byte)((i * 7) + (index * 50));
        }

        return new EncodeVideoRequest { Frame = WireTensor.Frame(index, rgb) };
    }

    private static IMessage Tokens(int index) => new DecodeVideoRequest
    {
        LatentFrame = new() { Index = (uint)index, Tokens = WireTensor.FromTokens([1, 2, 3, 60 + index], TinyModels.VideoTokenizer.Quantizer.CodebookSize, 2, 2) },
    };
}
