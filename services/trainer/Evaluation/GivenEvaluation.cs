using Phenaki.Trainer.Judging;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Evaluation;

/// <summary>Judges what else than a plain prompt a user can give: words for a style, and a picture to begin with.</summary>
internal sealed class GivenEvaluation(StorySampler sampler, Judge judge, EvaluationOptions options)
{
    private const int Frames = JudgeNetwork.Frames;
    private static readonly PictureStyle[] Styles = [PictureStyle.Pencil, PictureStyle.Cartoon, PictureStyle.Night];
    private readonly StoryWorldDataset _world = new();

    /// <summary>Clips whose caption names a style: is it drawn so, and are subject and place still there?</summary>
    public IEnumerable<(string Name, Figure Figure)> MeasureStyles(Action<int> progress, CancellationToken cancellationToken)
    {
        var random = new WorldRandom(options.Seed, 2);
        SceneSpec[] scenes = [.. Scenes(ref random).Select((scene, i) => scene with { Style = Styles[i % Styles.Length] })];
        string[] prompts = [.. scenes.Select((scene, i) => StoryWorldDataset.DrawCaption(scene, Seed(i), complete: true))];
        byte[][] generated = Make(prompts, i => Tell([prompts[i]], i, opening: null), progress, cancellationToken);
        return scenes.Length == 0 ? [] : [
            ("style", Style(generated, scenes)),
            .. SubjectAndPlace("style", generated, scenes),
            ("style_on_real", Style(Real(scenes), scenes)),
            .. SubjectAndPlace("style", Real(scenes), scenes, "_on_real")];
    }

    /// <summary>Stories that begin with a real picture, under captions that may leave out the place: are subject and place those of the picture, two clips later?</summary>
    public IEnumerable<(string Name, Figure Figure)> MeasurePictures(Action<int> progress, CancellationToken cancellationToken)
    {
        var random = new WorldRandom(options.Seed, 3);
        SceneSpec[] scenes = Scenes(ref random);
        string[] prompts = [.. scenes.Select((scene, i) => StoryWorldDataset.DrawCaption(scene, Seed(i)))];
        byte[][] generated = Make(
            prompts, i => Tell([prompts[i], prompts[i]], i, _world.DrawScene(scenes[i], Seed(i), frames: 1).Rgb), progress, cancellationToken);
        return scenes.Length == 0 ? [] : [.. SubjectAndPlace("picture", generated, scenes), .. SubjectAndPlace("picture", Real(scenes), scenes, "_on_real")];
    }

    /// <summary>The style in which a scene looks most like a clip.</summary>
    public static PictureStyle StyleOf(byte[] clip, SceneSpec scene, StoryWorldDataset world, ulong seed)
    {
        var look = PictureLook.Of(clip);
        return Enum.GetValues<PictureStyle>().MinBy(style => look.DistanceTo(PictureLook.Of(world.DrawScene(scene with { Style = style }, seed, Frames).Rgb)));
    }

    private static byte[][] Make(string[] prompts, Func<int, byte[]> make, Action<int> progress, CancellationToken cancellationToken) => [.. prompts.Select((_, i) =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] clip = make(i);
        progress(i + 1);
        return clip;
    })];

    private IEnumerable<(string Name, Figure Figure)> SubjectAndPlace(string name, byte[][] clips, SceneSpec[] scenes, string suffix = "")
    {
        var seen = judge.See(clips);
        yield return ($"{name}_subject{suffix}", Figure.Share(seen.Zip(scenes), pair => pair.First.Subject == pair.Second.Subject));
        yield return ($"{name}_place{suffix}", Figure.Share(seen.Zip(scenes), pair => pair.First.Place == pair.Second.Place));
    }

    private Figure Style(byte[][] clips, SceneSpec[] scenes) =>
        Figure.Share(clips.Zip(scenes), pair => StyleOf(pair.First, pair.Second, _world, options.Seed) == pair.Second.Style);

    private SceneSpec[] Scenes(ref WorldRandom random)
    {
        var plain = StoryWorldCatalog.Plain(options.HeldOut);
        var scenes = new SceneSpec[options.Given];
        for (int i = 0; i < scenes.Length; i++)
        {
            scenes[i] = random.Pick(plain);
        }

        return scenes;
    }

    private byte[][] Real(SceneSpec[] scenes) => [.. scenes.Select((scene, i) => _world.DrawScene(scene, ~Seed(i), Frames).Rgb)];

    private byte[] Tell(IReadOnlyList<string> prompts, int number, byte[]? opening) =>
        [.. sampler.Story(prompts, options.Sampling ?? sampler.DefaultSampling, Seed(number), opening).SelectMany(clip => clip).TakeLast(Frames).SelectMany(frame => frame)];

    private ulong Seed(int number) => options.Seed + (ulong)number;
}
