using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Data;

/// <summary>StoryWorld, drawn on the fly: an endless collection in which no clip comes twice.</summary>
/// <param name="seed">Names the collection.</param>
/// <param name="mix">What is drawn how often.</param>
internal sealed class StoryWorldSource(ulong seed, WorldConfig mix) : IClipSource
{
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
        var options = draw.HeldOut
            ? new ClipOptions { Frames = draw.Frames, HeldOut = true }
            : new ClipOptions
            {
                Frames = draw.Frames,
                TransitionProbability = mix.SceneChanges,
                CollageProbability = mix.Collages,
                FurtherProbability = mix.FurtherDeeds,
                StyleProbability = mix.Styles,
            };
        var clip = _world.Draw(seed, draw.Index, options);
        return ValueTask.FromResult(new TrainingClip(clip.Rgb, clip.Frames, clip.Caption)
        {
            TransitionFrame = clip.TransitionFrame,
            SubjectBoxes = clip.SubjectBoxes,
            Faintness = clip.Faintness,
            States = clip.States,
        });
    }
}
