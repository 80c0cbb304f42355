using ImageMagick;

namespace Phenaki.Media.Writing;

/// <summary>What all formats do alike: check frames, enlarge them, keep the order of calls, and turn failures into messages.</summary>
internal sealed class VideoSink(AsideOutput output, IFrameEncoder encoder, FrameEnlarger enlarger) : IVideoSink
{
    private State _state = State.Open;
    private bool _hasFrames;

    private enum State
    {
        Open,
        Failed,
        Completed,
        Disposed,
    }

    public async ValueTask AddFrameAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellationToken)
    {
        ThrowIfNotOpen();
        if (rgb.Length != enlarger.FrameBytes)
        {
            throw new ArgumentException($"A frame has {rgb.Length} bytes; {enlarger.Width}x{enlarger.Height} pixels are {enlarger.FrameBytes}.", nameof(rgb));
        }

        await GuardAsync(() => encoder.AddAsync(enlarger.Enlarge(rgb), cancellationToken), cancellationToken);
        _hasFrames = true;
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        ThrowIfNotOpen();
        if (!_hasFrames)
        {
            throw new MediaException(output.Path, "cannot be written: the video has no frames.");
        }

        await GuardAsync(
            async () =>
            {
                await encoder.FinishAsync(cancellationToken);
                output.Publish();
            },
            cancellationToken);
        _state = State.Completed;
    }

    public async ValueTask DisposeAsync()
    {
        if (_state == State.Disposed)
        {
            return;
        }

        _state = State.Disposed;
        try
        {
            await encoder.DisposeAsync();
        }
        finally
        {
            output.Dispose();
        }
    }

    private async ValueTask GuardAsync(Func<ValueTask> action, CancellationToken cancellationToken)
    {
        // Until the action has succeeded the file is in doubt, and may only be disposed.
        _state = State.Failed;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or MagickException or InvalidDataException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new MediaException(output.Path, $"cannot be written: {error.Message}", error);
        }

        _state = State.Open;
    }

    private void ThrowIfNotOpen()
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        if (_state != State.Open)
        {
            throw new InvalidOperationException($"'{output.Path}' takes no more frames: it is {(_state == State.Completed ? "complete" : "broken off")}.");
        }
    }
}
