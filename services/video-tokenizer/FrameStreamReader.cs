using System.Globalization;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Phenaki.Contracts;
using Phenaki.Geometry;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.VideoTokenizer.V1;

namespace Phenaki.VideoTokenizer;

/// <summary>Reads the stream of EncodeVideo: a header, then frames in order, as many as make whole latent frames.</summary>
/// <param name="geometry">Of the model.</param>
/// <param name="maxLatentFrames">Most latent frames in a stream.</param>
internal sealed class FrameStreamReader(VideoGeometry geometry, int maxLatentFrames)
{
    /// <summary>Frames read so far.</summary>
    public int Frames { get; private set; }

    /// <summary>Reads the header.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: there is none, or its size is not the model's.</exception>
    public async Task ReadHeaderAsync(IAsyncStreamReader<EncodeVideoRequest> requests, CancellationToken cancellationToken)
    {
        var violations = new Violations();
        if (!await requests.MoveNext(cancellationToken) || requests.Current.Header is not { } header)
        {
            violations.Add("header", "is missing; it must be the first message.");
        }
        else
        {
            violations.Exactly("header.height", header.Height, geometry.Height);
            violations.Exactly("header.width", header.Width, geometry.Width);
        }

        violations.ThrowIfAny();
    }

    /// <summary>The pixels of the frames, as they come; the arrays must not be written to.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT for a frame of the wrong size or out of order, or when the frames end within a latent frame.</exception>
    public async IAsyncEnumerable<byte[]> ReadFramesAsync(
        IAsyncStreamReader<EncodeVideoRequest> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var request in requests.ReadAllAsync(cancellationToken))
        {
            yield return ReadFrame(request);
            Frames++;
        }

        if (!geometry.IsWholeClip(Frames))
        {
            var below = geometry.LargestWholeClip(Math.Max(Frames, 1));
            throw Refused($"came {Frames} times; the number must be 1 + n * {geometry.TemporalPatch}, as in {below} or {below + geometry.TemporalPatch}.");
        }
    }

    private byte[] ReadFrame(EncodeVideoRequest request)
    {
        if (request.Frame is not { } frame)
        {
            throw Refused($"is missing in message {Frames + 2} of the stream; after the header every message must hold a frame.");
        }

        var violations = new Violations();
        if (frame.Index != Frames)
        {
            violations.Add("frame.index", string.Create(CultureInfo.InvariantCulture, $"is {frame.Index}; must be {Frames}, indices count up from 0."));
        }

        var most = geometry.Frames(maxLatentFrames);
        if (Frames == most)
        {
            violations.Add("frame", string.Create(CultureInfo.InvariantCulture, $"is one too many; a call holds up to {most} frames."));
        }

        var rgb = WireTensorReader.ReadFrame(frame, "frame", geometry.FrameBytes, violations.Add);
        violations.ThrowIfAny();
        return rgb!;
    }

    private static RpcException Refused(FormattableString message) =>
        RpcErrors.InvalidArgument([new("frame", message.ToString(CultureInfo.InvariantCulture))]);
}
