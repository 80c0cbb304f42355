using Phenaki.Trainer.Judging;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Evaluation;

/// <summary>Judges generated clips of single scenes beside real clips of the same scenes.</summary>
internal sealed class ClipEvaluation(StorySampler sampler, Judge judge, ArtMatcher art, EvaluationOptions options)
{
    private const int Frames = JudgeNetwork.Frames;
    private static readonly int[] Looked = [0, Frames / 2, Frames - 1];

    /// <summary>The first generated clips, for the report.</summary>
    public List<(string Prompt, byte[] Clip)> Shown { get; } = [];

    /// <summary>Every clip that was generated, for the report.</summary>
    public List<JudgedScene> Judged { get; } = [];

    /// <summary>What was found of each subject's art, for the report.</summary>
    public List<SubjectFigures> BySubject { get; } = [];

    /// <summary>Generates and judges.</summary>
    /// <param name="progress">Called after each clip with the number of clips done.</param>
    /// <param name="cancellationToken">Stops between two clips.</param>
    public IEnumerable<(string Name, Figure Figure)> Measure(Action<int> progress, CancellationToken cancellationToken)
    {
        var world = new StoryWorldDataset();
        var plain = StoryWorldCatalog.Plain(options.HeldOut);
        var random = new WorldRandom(options.Seed, 1);
        var scenes = new SceneSpec[options.Clips];
        var generated = new byte[scenes.Length][];
        for (int i = 0; i < scenes.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scenes[i] = random.Pick(plain);
            string prompt = StoryWorldDataset.DrawCaption(scenes[i], random.Next(), complete: true);
            generated[i] = [.. sampler.Story([prompt], options.Sampling ?? sampler.DefaultSampling, options.Seed + (ulong)i)[0].SelectMany(frame => frame)];
            if (Shown.Count < 12)
            {
                Shown.Add((prompt, generated[i]));
            }

            progress(i + 1);
        }

        byte[][] real = [.. scenes.Select((scene, i) => world.DrawScene(scene, options.Seed + (ulong)i, Frames).Rgb)];
        byte[][] otherReal = [.. scenes.Select((scene, i) => world.DrawScene(scene, ~(options.Seed + (ulong)i), Frames).Rgb)];
        byte[][] rebuilt = [.. real.Select(clip => sampler.Rebuild(clip))];
        var (seen, seenReal, seenRebuilt) = (judge.See(generated), judge.See(real), judge.See(rebuilt));
        Judged.AddRange(scenes.Select((scene, i) => new JudgedScene("clips", scene, seen[i], seenReal[i])));
        foreach (var (name, verdicts) in new[] { ("", seen), ("_on_real", seenReal), ("_on_rebuilt", seenRebuilt) })
        {
            (Verdict Seen, SceneSpec Scene)[] pairs = [.. verdicts.Zip(scenes)];
            yield return ("subject" + name, Figure.Share(pairs, pair => pair.Seen.Subject == pair.Scene.Subject));
            yield return ("place" + name, Figure.Share(pairs, pair => pair.Seen.Place == pair.Scene.Place));
            yield return ("action" + name, Figure.Share(pairs, pair => pair.Seen.Action == pair.Scene.Action));
            yield return ((name.Length == 0 ? "all_three" : "classifier") + name, Figure.Share(pairs, pair => pair.Seen.Agrees(pair.Scene)));
        }

        var (found, foundReal, foundRebuilt) = (Find(generated, scenes), Find(real, scenes), Find(rebuilt, scenes));
        BySubject.AddRange(scenes.Index().GroupBy(entry => entry.Item.Subject, entry => entry.Index).OrderBy(group => group.Key).Select(group => new SubjectFigures(
            group.Key, group.Count(), group.Count(i => IsWhole(found[i])), group.Average(i => Match(found[i])), group.Count(i => IsWhole(foundRebuilt[i])), group.Average(i => Match(foundRebuilt[i])))));
        foreach (var (name, all) in new[] { ("", found), ("_on_real", foundReal), ("_on_rebuilt", foundRebuilt) })
        {
            yield return ("whole" + name, Figure.Share(all, IsWhole));
            yield return ("art_match" + name, new Figure(all.Average(Match), all.Length));
        }

        yield return ("frechet", new Figure(Distance(seen, seenReal), scenes.Length));
        yield return ("frechet_on_rebuilt", new Figure(Distance(seenRebuilt, seenReal), scenes.Length));
        yield return ("frechet_floor", new Figure(Distance(judge.See(otherReal), seenReal), scenes.Length));
    }

    private static double Distance(IReadOnlyList<Verdict> first, IReadOnlyList<Verdict> second) =>
        FrechetDistance.Between([.. first.Select(verdict => verdict.Features)], [.. second.Select(verdict => verdict.Features)]);

    private static bool IsWhole(ArtFinding[] frames) => Array.TrueForAll(frames, frame => frame.IsOnceAndWhole);

    private static double Match(ArtFinding[] frames) => frames.Average(frame => frame.Best);

    private ArtFinding[][] Find(byte[][] clips, SceneSpec[] scenes) =>
        [.. clips.Zip(scenes, (clip, scene) => (ArtFinding[])[.. Looked.Select(frame => art.Find(clip.AsSpan(frame * StoryWorldDataset.FrameBytes, StoryWorldDataset.FrameBytes), scene))])];
}
