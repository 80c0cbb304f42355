namespace Phenaki.Media;

/// <summary>
/// Takes the frames of one video. The output appears whole when <see cref="CompleteAsync"/> ends; disposing without it leaves
/// nothing behind. One caller at a time.
/// </summary>
public interface IVideoSink : IAsyncDisposable
{
    /// <summary>Adds the next frame.</summary>
    /// <param name="rgb">width * height * 3 bytes: row-major, red, green, blue, sRGB. Free for reuse once the task ends.</param>
    /// <param name="cancellationToken">Ends the wait; the video can then only be disposed.</param>
    /// <exception cref="ArgumentException">The frame has another length.</exception>
    /// <exception cref="MediaException">The file cannot be written.</exception>
    ValueTask AddFrameAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellationToken);

    /// <summary>Finishes the video and puts it in its place, over a file of that name.</summary>
    /// <exception cref="MediaException">No frame was added, or the file cannot be written.</exception>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}
