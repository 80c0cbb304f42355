using Phenaki.Trainer.Judging;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Evaluation;

/// <summary>Judges stories scene by scene, and how smoothly one clip goes on from another. A scene lasts two clips; its last 11 frames are judged.</summary>
internal sealed class StoryEvaluation(StorySampler sampler, Judge judge, EvaluationOptions options)
{
    private const int Scenes = 4;
    private const int ClipsPerScene = 2;

    /// <summary>Frames of the README's stories told with the first seed, for the report.</summary>
    public List<(string Name, IReadOnlyList<IReadOnlyList<byte[]>> Rows)> Shown { get; } = [];

    /// <summary>Tells random stories.</summary>
    public IEnumerable<(string Name, Figure Figure)> MeasureRandom(Action<int> progress, CancellationToken cancellationToken)
    {
        var right = new List<(Verdict Seen, SceneSpec Scene)>();
        var seams = new List<double>();
        for (int story = 0; story < options.Stories; story++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new WorldRandom(options.Seed, 1000 + (ulong)story);
            var scenes = new SceneSpec[Scenes];
            scenes[^1] = ScenePicker.Scene(new ClipOptions { StyleProbability = 0 }, ref random);
            for (int i = Scenes - 2; i >= 0; i--)
            {
                scenes[i] = ScenePicker.Before(scenes[i + 1], ref random);
            }

            string[] prompts = new string[Scenes];
            for (int i = 0; i < Scenes; i++)
            {
                prompts[i] = StoryWorldDataset.DrawCaption(scenes[i], random.Next(), complete: true);
            }

            var told = Tell(prompts, options.Seed + (ulong)story);
            right.AddRange(told.Seen.Zip(scenes));
            seams.AddRange(SeamRatios(told.Clips, scenes));
            progress(story + 1);
        }

        if (right.Count > 0)
        {
            yield return ("story_subject", Figure.Share(right, pair => pair.Seen.Subject == pair.Scene.Subject));
            yield return ("story_place", Figure.Share(right, pair => pair.Seen.Place == pair.Scene.Place));
            yield return ("story_action", Figure.Share(right, pair => pair.Seen.Action == pair.Scene.Action));
            yield return ("story_all_three", Figure.Share(right, pair => ClipEvaluation.Agrees(pair.Seen, pair.Scene)));
        }

        if (seams.Count > 0)
        {
            seams.Sort();
            yield return ("seam_ratio", new Figure(seams[seams.Count / 2], seams.Count));
            yield return ("seam_within_twice", new Figure(seams.Average(ratio => ratio <= 2 ? 1.0 : 0), seams.Count));
        }
    }

    /// <summary>Tells the README's stories with several seeds: the share of tellings in which every scene is right.</summary>
    public IEnumerable<(string Name, Figure Figure)> MeasureReadme(Action<int> progress, CancellationToken cancellationToken)
    {
        foreach (var story in options.ReadmeSeeds > 0 ? StoryScript.Readme : [])
        {
            int right = 0;
            double rightScenes = 0;
            for (int seed = 0; seed < options.ReadmeSeeds; seed++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var told = Tell([.. story.Scenes.Select(part => part.Prompt)], (ulong)seed + 1);
                int agreeing = told.Seen.Zip(story.Scenes).Count(pair => ClipEvaluation.Agrees(pair.First, pair.Second.Scene));
                right += agreeing == story.Scenes.Count ? 1 : 0;
                rightScenes += agreeing;
                if (seed == 0)
                {
                    Shown.Add((story.Name, [.. told.Clips.Chunk(ClipsPerScene).Select(scene => (IReadOnlyList<byte[]>)[.. scene.SelectMany(clip => clip)])]));
                }

                progress(seed + 1);
            }

            string name = story.Name.Replace('-', '_');
            yield return ($"readme_{name}", new Figure((double)right / options.ReadmeSeeds, options.ReadmeSeeds));
            yield return ($"readme_{name}_scenes", new Figure(rightScenes / (options.ReadmeSeeds * story.Scenes.Count), options.ReadmeSeeds * story.Scenes.Count));
        }
    }

    private (IReadOnlyList<IReadOnlyList<byte[]>> Clips, IReadOnlyList<Verdict> Seen) Tell(IReadOnlyList<string> prompts, ulong seed)
    {
        string[] each = [.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt, ClipsPerScene))];
        var clips = sampler.Story(each, options.Sampling ?? sampler.DefaultSampling, seed);
        var scenes = clips.Chunk(ClipsPerScene).Select(scene => scene.SelectMany(clip => clip).TakeLast(JudgeNetwork.Frames).SelectMany(frame => frame).ToArray());
        return (clips, judge.See([.. scenes]));
    }

    // At borders of scenes in one place: the change to the first new frame by the median change inside the story's clips.
    private static IEnumerable<double> SeamRatios(IReadOnlyList<IReadOnlyList<byte[]>> clips, SceneSpec[] scenes)
    {
        var inside = clips.SelectMany(clip => clip.Zip(clip.Skip(1), Change)).Order().ToList();
        double median = Math.Max(inside[inside.Count / 2], 1e-6);
        for (int scene = 1; scene < scenes.Length; scene++)
        {
            if (scenes[scene].Place == scenes[scene - 1].Place && scenes[scene].Extras == scenes[scene - 1].Extras)
            {
                yield return Change(clips[(scene * ClipsPerScene) - 1][^1], clips[scene * ClipsPerScene][0]) / median;
            }
        }
    }

    private static double Change(byte[] before, byte[] after)
    {
        long sum = 0;
        for (int i = 0; i < before.Length; i++)
        {
            sum += Math.Abs(before[i] - after[i]);
        }

        return (double)sum / before.Length;
    }
}
