using Phenaki.Trainer.StoryWorld;

namespace Phenaki.Trainer.Evaluation;

/// <summary>What was found of one subject's art, for the report: how well it can be drawn, and how much of that the tokenizer leaves.</summary>
/// <param name="Subject">Whose art.</param>
/// <param name="Clips">Clips of it.</param>
/// <param name="Whole">Generated clips in which it was found once and whole in every frame that was looked at.</param>
/// <param name="Art">Mean of the best correlations in generated clips.</param>
/// <param name="WholeOnRebuilt">As <paramref name="Whole"/>, of real clips after the tokenizer.</param>
/// <param name="ArtOnRebuilt">As <paramref name="Art"/>, of real clips after the tokenizer.</param>
internal sealed record SubjectFigures(Subject Subject, int Clips, int Whole, double Art, int WholeOnRebuilt, double ArtOnRebuilt);
