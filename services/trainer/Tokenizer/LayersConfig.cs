using Phenaki.Trainer.Training;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>Settings of <see cref="LayerTokens"/>.</summary>
internal sealed record LayersConfig
{
    /// <summary>Folder of the video tokenizer that gives the tokens of the layers. A command line may name another; one of the two must. A run that goes on must have learned from the same.</summary>
    public string? Teacher { get; init; }

    /// <summary>
    /// Part of the samples that show tokens as the model's own encoder gives them, 0 to 1: a decoder sees all of theirs, a masked transformer those that are known from the start. Default 0.
    /// </summary>
    public double Own { get; init; }

    /// <summary>
    /// Part of the samples of which an encoder that learns sees what the model's decoder makes of the wanted tokens in place of the video, 0 to 1: it is what a story goes on from. Default 0.
    /// </summary>
    public double Decoded { get; init; }

    /// <summary>The settings with the teacher that a command line names, if it does.</summary>
    /// <param name="teacher">Folder; null where the settings decide.</param>
    /// <exception cref="InvalidOperationException">Neither names one.</exception>
    public LayersConfig With(string? teacher) => (teacher ?? Teacher) is { Length: > 0 } named
        ? this with { Teacher = named }
        : throw new InvalidOperationException("layers is set, but there is no video tokenizer that gives their tokens; name it by layers.teacher or --teacher");

    /// <summary>The settings as they stand in a checkpoint: folders are moved and overwritten, a fingerprint stays.</summary>
    public LayersConfig Lasting() => this with { Teacher = GivenModel.Fingerprint(Teacher!) };

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    /// <param name="isDrawn">False where a training has clips of the user's own.</param>
    public IEnumerable<string> Violations(bool isDrawn)
    {
        foreach (var (name, value) in new[] { ("own", Own), ("decoded", Decoded) })
        {
            if (!(value >= 0 && value <= 1))
            {
                yield return $"layers.{name} is {value}; allowed are 0 to 1";
            }
        }

        if (!isDrawn)
        {
            yield return "layers is set, but so is data: of StoryWorld alone it is known what stands before what; allowed is one of the two";
        }
    }
}
