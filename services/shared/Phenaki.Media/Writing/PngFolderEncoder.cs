using System.Globalization;

namespace Phenaki.Media.Writing;

/// <summary>Writes frame-00001.png, frame-00002.png and so on; holds one frame at a time.</summary>
internal sealed class PngFolderEncoder(PictureFormat picture, AsideOutput output) : IFrameEncoder
{
    private int _frames;

    public async ValueTask AddAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellationToken)
    {
        _frames++;
        string name = string.Create(CultureInfo.InvariantCulture, $"frame-{_frames:D5}.png");
        await File.WriteAllBytesAsync(Path.Combine(output.Aside, name), PngImage.Encode(rgb.Span, picture.Width, picture.Height), cancellationToken);
    }

    public ValueTask FinishAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
