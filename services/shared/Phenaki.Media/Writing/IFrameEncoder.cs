namespace Phenaki.Media.Writing;

/// <summary>Writes frames in one file format to the place of an <see cref="AsideOutput"/>. Errors leave as they come.</summary>
internal interface IFrameEncoder : IAsyncDisposable
{
    /// <summary>Adds a frame of width * height * 3 bytes; does not keep the memory.</summary>
    ValueTask AddAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellationToken);

    /// <summary>Writes what is left and closes every file.</summary>
    ValueTask FinishAsync(CancellationToken cancellationToken);
}
