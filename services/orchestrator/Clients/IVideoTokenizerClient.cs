namespace Phenaki.Orchestrator.Clients;

/// <summary>The video tokenizer, in arrays.</summary>
internal interface IVideoTokenizerClient
{
    /// <summary>The model that is served.</summary>
    /// <exception cref="ModelServiceException">The call failed.</exception>
    Task<VideoTokenizerCard> GetModelAsync(CallScope scope);

    /// <summary>Encodes frames.</summary>
    /// <param name="frames">Frames, rgb, as many as whole latent frames hold.</param>
    /// <param name="models">The models.</param>
    /// <param name="scope">How long the call may go on.</param>
    /// <returns>Tokens, [latent frames, rows, columns] row-major.</returns>
    /// <exception cref="ModelServiceException">The call failed, or broke off.</exception>
    Task<int[]> EncodeAsync(IReadOnlyList<ReadOnlyMemory<byte>> frames, ModelSet models, CallScope scope);

    /// <summary>Decodes tokens.</summary>
    /// <param name="tokens">Tokens, [latent frames, rows, columns] row-major.</param>
    /// <param name="firstFrame">First frame that is wanted; those before it are context.</param>
    /// <param name="models">The models.</param>
    /// <param name="scope">How long the call may go on.</param>
    /// <returns>Frames, rgb, from <paramref name="firstFrame"/> on.</returns>
    /// <exception cref="ModelServiceException">The call failed, or broke off.</exception>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> DecodeAsync(int[] tokens, int firstFrame, ModelSet models, CallScope scope);
}
