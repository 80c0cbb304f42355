using System.Threading.RateLimiting;
using Phenaki.Media;
using Phenaki.Orchestrator.Clients;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.Orchestrator.Videos;

/// <summary>
/// Reads videos that clients send: MP4, WebM, WebP, GIF and animated PNG. What they hold is bounded, and so are those that are read at a time: a file
/// of a few kilobytes can be of many pixels.
/// </summary>
internal sealed class VideoUploads(VideoFiles files, TimeProvider time) : IDisposable
{
    /// <summary>Field of the file.</summary>
    public const string Field = "video";

    private const int MaxFrames = 2_400;
    private const long MaxPixelsTogether = 64_000_000;
    private const int AtATime = 1;
    private const int MaxWaiting = 8;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrencyLimiter _room = new(new() { PermitLimit = AtATime, QueueLimit = MaxWaiting });

    /// <summary>The frames of a file, at the size and the rate of the models.</summary>
    /// <param name="file">The file.</param>
    /// <param name="models">The models.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="VideoException">It is no video that is read here, or one that is too long.</exception>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with RetryInfo: too many wait to be read.</exception>
    public async Task<IReadOnlyList<byte[]>> ReadAsync(byte[] file, ModelSet models, CancellationToken cancellationToken)
    {
        using var place = await _room.AcquireAsync(1, cancellationToken);
        if (!place.IsAcquired)
        {
            throw RpcErrors.ResourceExhausted("As many videos wait to be read as are allowed; send it again later.", RetryAfter);
        }

        using var late = new CancellationTokenSource(Longest, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);

        // ffmpeg wants a file that it can seek in.
        var path = files.NewPath();
        try
        {
            await File.WriteAllBytesAsync(path, file, ends.Token);
            var options = new VideoReaderOptions
            {
                Width = models.Geometry.Width,
                Height = models.Geometry.Height,
                FramesPerSecond = models.VideoTokenizer.FramesPerSecond,
                MaxFrames = MaxFrames,
                MaxPixelsTogether = MaxPixelsTogether,
            };
            return (await VideoReader.ReadAsync(path, options, ends.Token)).Frames;
        }
        catch (MediaException wrong)
        {
            // Where it lies here is nobody's business.
            throw VideoException.Invalid(Field, wrong.Message.Replace(path, Field, StringComparison.Ordinal));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw VideoException.Invalid(Field, $"{Field} takes longer than {Longest.TotalSeconds} seconds to read; send one that is shorter or smaller.");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();
}
