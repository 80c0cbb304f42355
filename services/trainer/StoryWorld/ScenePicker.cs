namespace Phenaki.Trainer.StoryWorld;

/// <summary>Chooses scenes and the scenes that they follow; the stories of the README come more often than the rest.</summary>
internal static class ScenePicker
{
    private const double ReadmeShare = 0.2;
    private const double PlainShare = 0.66;
    private static readonly StoryScene[] ReadmeScenes = [.. StoryScript.Readme.SelectMany(story => story.Scenes)];
    private static readonly SceneSpec[] PlainScenes = [.. StoryWorldCatalog.Plain(heldOut: false)];

    // By subject, then by action: a deed that is held out in most places is seen in the one that is left as often as any other.
    private static readonly SceneSpec[][][] PlainDeeds =
        [.. PlainScenes.GroupBy(scene => scene.Subject).Select(of => (SceneSpec[][])[.. of.GroupBy(scene => scene.Action).Select(deed => (SceneSpec[])[.. deed])])];

    private static readonly SceneSpec[] RichScenes = [.. StoryWorldCatalog.Trained.Where(scene => scene.Extras != SceneExtras.None)];
    private static readonly ILookup<(Subject, Place), SceneSpec> BySubjectAndPlace = StoryWorldCatalog.Trained.ToLookup(scene => (scene.Subject, scene.Place));
    private static readonly ILookup<Subject, SceneSpec> BySubject = StoryWorldCatalog.Trained.ToLookup(scene => scene.Subject);
    private static readonly ILookup<(Place, SceneAction), SceneSpec> ByDeed =
        StoryWorldCatalog.Trained.Concat(StoryWorldCatalog.Further).ToLookup(scene => (scene.Place, scene.Action));

    private static readonly SceneSpec[] CollageScenes = [.. PlainScenes, .. StoryWorldCatalog.Further];
    // The plain style is the one that most clips are asked for in.
    private static readonly PictureStyle[] CollageStyles =
        [PictureStyle.Plain, PictureStyle.Plain, PictureStyle.Plain, PictureStyle.Pencil, PictureStyle.Cartoon, PictureStyle.Night];

    public static SceneSpec Scene(ClipOptions options, ref WorldRandom random)
    {
        if (!options.HeldOut && options.CollageProbability > 0 && random.Chance(options.CollageProbability))
        {
            return Collage(ref random);
        }

        var scene = options.HeldOut ? random.Pick(StoryWorldCatalog.HeldOut)
            : options.FurtherProbability > 0 && random.Chance(options.FurtherProbability) ? random.Pick(StoryWorldCatalog.Further)
            : random.Chance(ReadmeShare) ? random.Pick(ReadmeScenes).Scene
            : random.Chance(PlainShare) ? random.Pick(random.Pick(random.Pick(PlainDeeds)))
            : random.Pick(RichScenes);
        var styled = random.Chance(options.StyleProbability);
        var style = random.Below(4) switch { < 2 => PictureStyle.Pencil, 2 => PictureStyle.Cartoon, _ => PictureStyle.Night };
        return styled && !scene.Has(SceneExtras.Fireworks) ? scene with { Style = style } : scene;
    }

    // A backdrop always differs from what the scene shows without it.
    private static SceneSpec Collage(ref WorldRandom random)
    {
        var scene = random.Pick(CollageScenes) with { Style = random.Pick(CollageStyles) };
        var style = random.Pick(CollageStyles);
        return scene with { Backdrop = new Backdrop(style, Mirrored: style == scene.Style || random.Chance(0.5)) };
    }

    /// <summary>A trained scene from which <paramref name="next"/> can follow: one step away in the story, the place, the action or the subject.</summary>
    public static SceneSpec Before(SceneSpec next, ref WorldRandom random)
    {
        var plain = next.Combination;
        var told = StoryScript.Readme
            .SelectMany(story => story.Scenes.Zip(story.Scenes.Skip(1)))
            .Where(pair => pair.Second.Scene == plain)
            .Select(pair => pair.First.Scene)
            .FirstOrDefault();
        if (told is not null && random.Chance(0.5))
        {
            return told with { Style = next.Style, Backdrop = next.Backdrop };
        }

        var kind = random.Unit();
        var candidates = kind < 0.4 ? BySubjectAndPlace[(next.Subject, next.Place)]
            : kind < 0.75 ? BySubject[next.Subject].Where(scene => scene.Place != next.Place)
            : ByDeed[(next.Place, next.Action)].Where(scene => scene.Subject != next.Subject);
        SceneSpec[] others = [.. candidates.Where(scene => scene != plain)];
        var chosen = random.Pick(others);
        return chosen.Has(SceneExtras.Fireworks) ? chosen : chosen with { Style = next.Style, Backdrop = next.Backdrop };
    }
}
