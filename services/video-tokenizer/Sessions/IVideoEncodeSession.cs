namespace Phenaki.VideoTokenizer.Sessions;

/// <summary>A video that is being encoded.</summary>
internal interface IVideoEncodeSession : IDisposable
{
    /// <summary>Takes in the next frames.</summary>
    /// <returns>Tokens [rows * columns] of each latent frame that they complete.</returns>
    IReadOnlyList<int[]> Append(IReadOnlyList<byte[]> frames);
}
