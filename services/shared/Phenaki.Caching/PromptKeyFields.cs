namespace Phenaki.Caching;

/// <summary>Everything that the embedding of a prompt depends on.</summary>
/// <param name="EncoderFingerprint">Fingerprint of the text encoder.</param>
/// <param name="Text">The prompt; <see cref="PromptText.Normalise"/> is applied.</param>
/// <param name="MaxTokens">Tokens kept, as asked of the encoder; 0 for its limit.</param>
/// <param name="DataType">Element type of the embedding.</param>
public sealed record PromptKeyFields(string EncoderFingerprint, string Text, int MaxTokens, CacheDataType DataType);
