namespace Phenaki.Trainer.Transformer;

/// <summary>
/// Settings of the training on own guesses (step-unrolled denoising, arXiv 2112.06749, section 2): part of what a sample shows of itself is first drawn by the network, as
/// all of it is where a clip is revised.
/// </summary>
internal sealed record GuessingConfig
{
    /// <summary>Part of the samples that show guesses, 0 to 1; the others show the tokens of their videos alone. Default 0.5.</summary>
    public double Share { get; init; } = 0.5;

    /// <summary>Largest part of a sample's unknown tokens that is guessed, 0.001 to 1. Default 0.7: what is left tells where the subject stands.</summary>
    public double MostTokens { get; init; } = 0.7;

    /// <summary>Largest part of the unknown tokens of such a sample that is masked thereafter, 0.001 to 1; what is guessed and not masked is what it shows. Default 0.5.</summary>
    public double MostMasked { get; init; } = 0.5;

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (var (name, value, low, high) in new[] { ("share", Share, 0d, 1d), ("most_tokens", MostTokens, 0.001, 1), ("most_masked", MostMasked, 0.001, 1) })
        {
            if (!(value >= low && value <= high))
            {
                yield return $"{name} is {value}; allowed are {low} to {high}";
            }
        }
    }
}
