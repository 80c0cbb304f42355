using Phenaki.Media;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Reads the pictures that videos go on from. Pictures of fifty million pixels take memory: only a few are read at a time.</summary>
internal sealed class VideoImages : IDisposable
{
    private const string Field = "input_reference";
    private const string Base64 = ";base64,";
    private const int AtATime = 2;
    private readonly SemaphoreSlim _room = new(AtATime, AtATime);

    /// <summary>The picture of a request as a frame; null where it has none.</summary>
    /// <param name="reference">A picture in JSON.</param>
    /// <param name="file">A picture as a file.</param>
    /// <param name="width">Width of the frame.</param>
    /// <param name="height">Height of the frame.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>width * height * 3 bytes.</returns>
    /// <exception cref="VideoException">It is no picture that is read here.</exception>
    public async Task<byte[]?> ReadAsync(ImageReference? reference, byte[]? file, int width, int height, CancellationToken cancellationToken)
    {
        if ((file ?? Decode(reference)) is not { } picture)
        {
            return null;
        }

        await _room.WaitAsync(cancellationToken);
        try
        {
            return await ImageReader.ReadAsync(Field, picture, width, height, FitMode.Crop, cancellationToken);
        }
        catch (MediaException wrong)
        {
            throw VideoException.Invalid(Field, wrong.Message);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();

    private static byte[]? Decode(ImageReference? reference)
    {
        if (reference is null)
        {
            return null;
        }

        if (reference.FileId is not null || reference.ImageUrl is not { } url)
        {
            throw VideoException.Invalid(Field, $"{Field} must be a file, or an object with image_url: there are no files to refer to by their ids here.");
        }

        var data = url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? url.IndexOf(Base64, StringComparison.OrdinalIgnoreCase) : -1;
        if (data < 0)
        {
            throw VideoException.Invalid(Field, $"{Field}.image_url must be a data: URL with base64; nothing is fetched from other hosts.");
        }

        try
        {
            return Convert.FromBase64String(url[(data + Base64.Length)..]);
        }
        catch (FormatException)
        {
            throw VideoException.Invalid(Field, $"{Field}.image_url is no base64.");
        }
    }
}
