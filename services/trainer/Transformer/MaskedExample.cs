namespace Phenaki.Trainer.Transformer;

/// <summary>Which tokens of a sample are masked in training.</summary>
/// <param name="Known">Latent frames at the start that are never masked: the prefix of a story's next clip.</param>
/// <param name="Masked">Masked positions, ascending; at least one.</param>
/// <param name="DropText">True: the sample is trained without its text.</param>
internal sealed record MaskedExample(int Known, int[] Masked, bool DropText)
{
    /// <summary>True: what is known from the start are tokens as the video tokenizer gives them for whole pictures, though the sample's others come from layers. Default false.</summary>
    public bool ShowsOwn { get; init; }

    /// <summary>Positions whose tokens the network guesses before others are masked, ascending; none, the default, in a sample that shows its own alone.</summary>
    public int[] Guessed { get; init; } = [];
}
