namespace Phenaki.VideoTokenizer.Sessions;

/// <summary>A video that is being encoded.</summary>
internal interface IVideoEncodeSession : IDisposable
{
    /// <summary>Takes in the next frame.</summary>
    /// <returns>Tokens [rows * columns] when the frame completes a latent frame, else null.</returns>
    int[]? Append(byte[] rgb);
}
