namespace Phenaki.Trainer.Evaluation;

/// <summary>What a report shows.</summary>
/// <param name="Clips">Generated clips with their prompts.</param>
/// <param name="Rows">Pictures of several rows of frames, by name.</param>
/// <param name="Judged">Clips and scenes with what the judge made of them.</param>
/// <param name="BySubject">What was found of each subject's art.</param>
internal sealed record EvaluationPictures(
    List<(string Prompt, byte[] Clip)> Clips,
    List<(string Name, IReadOnlyList<IReadOnlyList<byte[]>> Rows)> Rows,
    IReadOnlyList<JudgedScene> Judged,
    IReadOnlyList<SubjectFigures> BySubject);
