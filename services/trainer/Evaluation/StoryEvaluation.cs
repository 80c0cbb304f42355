using Phenaki.Trainer.Judging;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Evaluation;

/// <summary>Judges stories scene by scene, and how smoothly one clip goes on from another. A scene lasts two clips; its last 11 frames are judged.</summary>
internal sealed class StoryEvaluation(StorySampler sampler, Judge judge, EvaluationOptions options)
{
    private const int Scenes = 4;
    private const int ClipsPerScene = 2;
    private readonly StoryWorldDataset _world = new();

    /// <summary>Frames of the README's stories told with the first seed, for the report.</summary>
    public List<(string Name, IReadOnlyList<IReadOnlyList<byte[]>> Rows)> Shown { get; } = [];

    /// <summary>Every scene of every story that was told, for the report.</summary>
    public List<JudgedScene> Judged { get; } = [];

    /// <summary>Tells random stories.</summary>
    public IEnumerable<(string Name, Figure Figure)> MeasureRandom(Action<int> progress, CancellationToken cancellationToken)
    {
        var right = new List<JudgedScene>();
        var (seams, seamsOnReal) = (new List<double>(), new List<double>());
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

            var parts = new StoryScene[Scenes];
            for (int i = 0; i < Scenes; i++)
            {
                parts[i] = new StoryScene(StoryWorldDataset.DrawCaption(scenes[i], random.Next(), complete: true), scenes[i]);
            }

            var told = Tell(new StoryScript("story", parts), options.Seed + (ulong)story);
            right.AddRange(told.Scenes);
            seams.AddRange(SeamRatios(told.Clips, scenes));
            seamsOnReal.AddRange(SeamRatios(told.Drawn, scenes));
            progress(story + 1);
        }

        if (right.Count > 0)
        {
            yield return ("story_subject", Figure.Share(right, scene => scene.Seen.Subject == scene.Scene.Subject));
            yield return ("story_place", Figure.Share(right, scene => scene.Seen.Place == scene.Scene.Place));
            yield return ("story_action", Figure.Share(right, scene => scene.Seen.Action == scene.Scene.Action));
            yield return ("story_all_three", Figure.Share(right, scene => scene.IsRight));
            yield return ("story_all_three_on_real", Figure.Share(right, scene => scene.IsRightOnReal));
        }

        foreach (var (name, ratios) in seams.Count > 0 ? new[] { (string.Empty, seams), ("_on_real", seamsOnReal) } : [])
        {
            ratios.Sort();
            yield return ("seam_ratio" + name, new Figure(ratios[ratios.Count / 2], ratios.Count));
            yield return ("seam_within_twice" + name, new Figure(ratios.Average(ratio => ratio <= 2 ? 1.0 : 0), ratios.Count));
        }
    }

    /// <summary>Tells the README's stories with several seeds: the share of tellings in which every scene is right.</summary>
    public IEnumerable<(string Name, Figure Figure)> MeasureReadme(Action<int> progress, CancellationToken cancellationToken)
    {
        foreach (var story in options.ReadmeSeeds > 0 ? StoryScript.Readme : [])
        {
            var tellings = new List<IReadOnlyList<JudgedScene>>();
            for (int seed = 0; seed < options.ReadmeSeeds; seed++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var told = Tell(story, (ulong)seed + 1);
                tellings.Add(told.Scenes);
                if (seed == 0)
                {
                    Shown.Add((story.Name, [.. told.Clips.Chunk(ClipsPerScene).Select(scene => (IReadOnlyList<byte[]>)[.. scene.SelectMany(clip => clip)])]));
                }

                progress(seed + 1);
            }

            string name = story.Name.Replace('-', '_');
            yield return ($"readme_{name}", Figure.Share(tellings, scenes => scenes.All(scene => scene.IsRight)));
            yield return ($"readme_{name}_on_real", Figure.Share(tellings, scenes => scenes.All(scene => scene.IsRightOnReal)));
            yield return ($"readme_{name}_scenes", Figure.Share(tellings.SelectMany(scenes => scenes), scene => scene.IsRight));
        }
    }

    // The same story is drawn by the world and judged too: what the judge makes of scenes that go on from others is part of what it measures.
    private Telling Tell(StoryScript story, ulong seed)
    {
        string[] each = [.. story.Scenes.SelectMany(part => Enumerable.Repeat(part.Prompt, ClipsPerScene))];
        var clips = sampler.Story(each, options.Sampling ?? sampler.DefaultSampling, seed);
        int framesPerClip = clips[1].Count;
        IReadOnlyList<byte[]>[] drawn = [.. _world.DrawStory(story, seed, framesPerClip * ClipsPerScene).Chunk(StoryWorldDataset.FrameBytes).Chunk(framesPerClip)];
        var (seen, seenReal) = (judge.See(LastFrames(clips)), judge.See(LastFrames(drawn)));
        var scenes = story.Scenes.Select((part, i) => new JudgedScene($"{story.Name}, scene {i + 1}", part.Scene, seen[i], seenReal[i])).ToList();
        Judged.AddRange(scenes);
        return new Telling(clips, drawn, scenes);
    }

    private static byte[][] LastFrames(IEnumerable<IReadOnlyList<byte[]>> clips) =>
        [.. clips.Chunk(ClipsPerScene).Select(scene => scene.SelectMany(clip => clip).TakeLast(JudgeNetwork.Frames).SelectMany(frame => frame).ToArray())];

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

    // Frames by clip: made by the model, and drawn by the world.
    private sealed record Telling(IReadOnlyList<IReadOnlyList<byte[]>> Clips, IReadOnlyList<IReadOnlyList<byte[]>> Drawn, IReadOnlyList<JudgedScene> Scenes);
}
