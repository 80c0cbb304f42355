namespace Phenaki.VideoTokenizer.Sessions;

/// <summary>A video that is being decoded.</summary>
internal interface IVideoDecodeSession : IDisposable
{
    /// <summary>Takes in the tokens of the next latent frame.</summary>
    /// <returns>Its frames.</returns>
    IReadOnlyList<byte[]> Append(int[] tokens);
}
