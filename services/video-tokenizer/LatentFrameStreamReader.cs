using System.Globalization;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Phenaki.Contracts;
using Phenaki.Geometry;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.VideoTokenizer.V1;

namespace Phenaki.VideoTokenizer;

/// <summary>Reads the stream of DecodeVideo: a header, then latent frames in order.</summary>
/// <param name="geometry">Of the model.</param>
/// <param name="codebookSize">Tokens are below it.</param>
/// <param name="maxLatentFrames">Most latent frames in a stream.</param>
internal sealed class LatentFrameStreamReader(VideoGeometry geometry, int codebookSize, int maxLatentFrames)
{
    /// <summary>Latent frames read so far.</summary>
    public int LatentFrames { get; private set; }

    /// <summary>First frame that is wanted.</summary>
    public int FirstFrame { get; private set; }

    /// <summary>Reads the header.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: there is none, or it wants frames that no call has.</exception>
    public async Task ReadHeaderAsync(IAsyncStreamReader<DecodeVideoRequest> requests, CancellationToken cancellationToken)
    {
        var violations = new Violations();
        if (!await requests.MoveNext(cancellationToken) || requests.Current.Header is not { } header)
        {
            violations.Add("header", "is missing; it must be the first message.");
        }
        else
        {
            violations.Range("header.first_frame", header.FirstFrame, 0, geometry.Frames(maxLatentFrames) - 1);
            FirstFrame = (int)Math.Min(header.FirstFrame, int.MaxValue);
        }

        violations.ThrowIfAny();
    }

    /// <summary>The tokens of the latent frames, as they come.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT for a latent frame of the wrong size or out of order, a token outside the codebook, or too few for the first frame wanted.</exception>
    public async IAsyncEnumerable<int[]> ReadTokensAsync(
        IAsyncStreamReader<DecodeVideoRequest> requests, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var request in requests.ReadAllAsync(cancellationToken))
        {
            yield return ReadTokens(request);
            LatentFrames++;
        }

        var violations = new Violations();
        if (LatentFrames == 0)
        {
            violations.Add("latent_frame", "came 0 times; at least one must follow the header.");
        }
        else if (geometry.Frames(LatentFrames) <= FirstFrame)
        {
            violations.Add("header.first_frame", string.Create(
                CultureInfo.InvariantCulture, $"is {FirstFrame}; {LatentFrames} latent frames hold {geometry.Frames(LatentFrames)} frames, numbered from 0."));
        }

        violations.ThrowIfAny();
    }

    private int[] ReadTokens(DecodeVideoRequest request)
    {
        if (request.LatentFrame is not { } latentFrame)
        {
            throw RpcErrors.InvalidArgument([new("latent_frame", string.Create(
                CultureInfo.InvariantCulture, $"is missing in message {LatentFrames + 2} of the stream; after the header every message must hold a latent frame."))]);
        }

        var violations = new Violations();
        if (latentFrame.Index != LatentFrames)
        {
            violations.Add("latent_frame.index", string.Create(
                CultureInfo.InvariantCulture, $"is {latentFrame.Index}; must be {LatentFrames}, indices count up from 0."));
        }

        if (LatentFrames == maxLatentFrames)
        {
            violations.Add("latent_frame", string.Create(CultureInfo.InvariantCulture, $"is one too many; a call holds up to {maxLatentFrames} latent frames."));
        }

        var tokens = WireTensorReader.ReadTokens(
            latentFrame.Tokens, "latent_frame.tokens", codebookSize, violations.Add, geometry.Rows, geometry.Columns);
        violations.ThrowIfAny();
        return tokens!;
    }
}
