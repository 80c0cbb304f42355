namespace Phenaki.Trainer.Tokenizer;

/// <summary>Settings of <see cref="LayerTokens"/>.</summary>
internal sealed record LayersConfig
{
    /// <summary>Folder of the video tokenizer that gives the tokens of the layers.</summary>
    public required string Teacher { get; init; }

    /// <summary>
    /// Part of the samples that show tokens as the model's own encoder gives them, 0 to 1: a decoder sees all of theirs, a masked transformer those that are known from the start. Default 0.
    /// </summary>
    public double Own { get; init; }

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    /// <param name="isDrawn">False where a training has clips of the user's own.</param>
    public IEnumerable<string> Violations(bool isDrawn)
    {
        if (Teacher.Length == 0)
        {
            yield return "layers.teacher is empty; it names the folder of a video tokenizer";
        }

        if (!(Own >= 0 && Own <= 1))
        {
            yield return $"layers.own is {Own}; allowed are 0 to 1";
        }

        if (!isDrawn)
        {
            yield return "layers is set, but so is data: of StoryWorld alone it is known what stands before what; allowed is one of the two";
        }
    }
}
