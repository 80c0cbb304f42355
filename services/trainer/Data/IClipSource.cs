using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Data;

/// <summary>Where clips and captions come from. Safe for use by many threads at once.</summary>
internal interface IClipSource
{
    /// <summary>What it is, as a sentence for the cards of models.</summary>
    string Description { get; }

    /// <summary>All words of its captions.</summary>
    CaptionVocabulary Vocabulary { get; }

    /// <summary>Prompts to make samples of: one row of a picture each, one clip for each prompt of a row.</summary>
    IReadOnlyList<IReadOnlyList<string>> SamplePrompts { get; }

    /// <summary>Draws a clip or a still.</summary>
    /// <param name="draw">Which.</param>
    /// <param name="isKnown">Asked with a clip's identity whether its pixels are not needed.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidOperationException">There is nothing to draw, or too much of it is broken; the message says what.</exception>
    ValueTask<TrainingClip> DrawAsync(ClipDraw draw, Func<UInt128, bool> isKnown, CancellationToken cancellationToken);
}
