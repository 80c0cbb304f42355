using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Data;

/// <summary>StoryWorld, drawn on the fly: an endless collection in which no clip comes twice.</summary>
/// <param name="seed">Names the collection.</param>
internal sealed class StoryWorldSource(ulong seed) : IClipSource
{
    private const double FurtherShare = 0.2;
    private const double CollageShare = 0.35;
    private readonly StoryWorldDataset _world = new();

    /// <inheritdoc />
    public string Description => $"StoryWorld, drawn by the trainer (seed {seed}); 12 % of the combinations of subject, place and action were held out";

    /// <inheritdoc />
    public CaptionVocabulary Vocabulary { get; } = new(StoryWorldDataset.Vocabulary);

    /// <inheritdoc />
    public IReadOnlyList<IReadOnlyList<string>> SamplePrompts { get; } =
        [.. StoryScript.Readme.Select(story => (string[])[.. story.Scenes.Select(scene => scene.Prompt)])];

    /// <inheritdoc />
    public ValueTask<TrainingClip> DrawAsync(ClipDraw draw, Func<UInt128, bool> isKnown, CancellationToken cancellationToken)
    {
        var clip = _world.Draw(seed, draw.Index, new ClipOptions { Frames = draw.Frames, FurtherProbability = FurtherShare, CollageProbability = CollageShare, HeldOut = draw.HeldOut });
        return ValueTask.FromResult(new TrainingClip(clip.Rgb, clip.Frames, clip.Caption)
        {
            TransitionFrame = clip.TransitionFrame,
            SubjectBoxes = clip.SubjectBoxes,
            Faintness = clip.Faintness,
        });
    }
}
