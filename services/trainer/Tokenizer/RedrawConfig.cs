namespace Phenaki.Trainer.Tokenizer;

/// <summary>Settings of <see cref="TokenRedraw"/>.</summary>
internal sealed record RedrawConfig
{
    /// <summary>Model folder whose text encoder and masked transformer redraw tokens; it must know the tokens of the video tokenizer that learns.</summary>
    public required string Model { get; init; }

    /// <summary>Part of the clips and stills of which tokens are redrawn, 0 to 1; the others keep all of theirs. Default 0.7.</summary>
    public double Share { get; init; } = 0.7;

    /// <summary>Largest part of their tokens that is redrawn, 0.001 to 1. Default 0.8: what is left tells where the subject stands.</summary>
    public double MostTokens { get; init; } = 0.8;

    /// <summary>Steps in which they are redrawn, 1 to 256. Default 2.</summary>
    public int Steps { get; init; } = 2;

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (var (name, value, low, high) in new[] { ("share", Share, 0d, 1d), ("most_tokens", MostTokens, 0.001, 1), ("steps", Steps, 1, 256) })
        {
            if (!(value >= low && value <= high))
            {
                yield return $"{name} is {value}; allowed are {low} to {high}";
            }
        }
    }
}
