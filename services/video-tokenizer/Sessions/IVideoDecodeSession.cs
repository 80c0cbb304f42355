namespace Phenaki.VideoTokenizer.Sessions;

/// <summary>A video that is being decoded.</summary>
internal interface IVideoDecodeSession : IDisposable
{
    /// <summary>Takes in the tokens of the next latent frames.</summary>
    /// <returns>Those of their frames that are wanted.</returns>
    IReadOnlyList<byte[]> Append(IReadOnlyList<int[]> latentFrames);
}
