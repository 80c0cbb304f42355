namespace Phenaki.Trainer.StoryWorld;

/// <summary>
/// Every combination of subject, place, action and extras in the plain style, and which of them training never sees.
/// A subject's action in a place is held out with all its extras, so that no held-out picture has a trained twin with a puddle.
/// </summary>
public static class StoryWorldCatalog
{
    private const ulong HoldOutSeed = 20221005;
    private const double HeldOutShare = 0.12;
    private const int MostPerPlaceAndAction = 2;

    /// <summary>All combinations, in a fixed order.</summary>
    public static IReadOnlyList<SceneSpec> Combinations { get; } = [.. Enumerate()];

    /// <summary>What training never sees: about 12 % of the subjects' actions in places, with all their extras.</summary>
    public static IReadOnlyList<SceneSpec> HeldOut { get; } = ChooseHeldOut();

    /// <summary>What training sees, the scenes of both stories of the README among it.</summary>
    public static IReadOnlyList<SceneSpec> Trained { get; } = [.. Combinations.Except(HeldOut)];

    /// <summary>
    /// What training sees beside them and nobody judges: subjects that do, in a place, what is less at home there. The more deeds a model knows, the less it
    /// learns them by heart.
    /// </summary>
    public static IReadOnlyList<SceneSpec> Further { get; } =
        [.. from subject in Enum.GetValues<Subject>() from place in Enum.GetValues<Place>() from action in FurtherActionsIn(place) select new SceneSpec(subject, place, action)];

    /// <summary>The actions that suit a place.</summary>
    public static IReadOnlyList<SceneAction> ActionsIn(Place place) => place switch
    {
        Place.Ocean => [SceneAction.Swim, SceneAction.Jump, SceneAction.Fly, SceneAction.Stand],
        Place.UnderWater => [SceneAction.Swim, SceneAction.Dance, SceneAction.Stand, SceneAction.Dive],
        Place.Forest => [SceneAction.Walk, SceneAction.Dance, SceneAction.Jump, SceneAction.Fly],
        Place.Space => [SceneAction.Dance, SceneAction.Fly, SceneAction.Stand],
        _ => [SceneAction.Walk, SceneAction.Dance, SceneAction.Jump, SceneAction.Stand],
    };

    /// <summary>The extras, beside none, that go with an action in a place.</summary>
    public static IReadOnlyList<SceneExtras> ExtrasFor(Subject subject, Place place, SceneAction action)
    {
        IReadOnlyList<SceneExtras> extras = (place, action) switch
        {
            (Place.UnderWater, SceneAction.Swim or SceneAction.Stand) => [SceneExtras.Fishes],
            (Place.Mars or Place.Forest, SceneAction.Walk) => [SceneExtras.Puddle, SceneExtras.Dog],
            (Place.Snow, SceneAction.Walk) => [SceneExtras.Dog],
            (Place.Mars, SceneAction.Stand) => [SceneExtras.Fireworks, SceneExtras.Dog | SceneExtras.Fireworks],
            (Place.Snow, SceneAction.Stand) => [SceneExtras.Fireworks],
            _ => [],
        };
        return subject == Subject.Dog ? [.. extras.Where(extra => (extra & SceneExtras.Dog) == 0)] : extras;
    }

    private static IReadOnlyList<SceneAction> FurtherActionsIn(Place place) => place switch
    {
        Place.Ocean => [SceneAction.Dance],
        Place.UnderWater => [SceneAction.Jump],
        Place.Forest => [SceneAction.Stand],
        Place.Space => [SceneAction.Swim, SceneAction.Jump],
        _ => [SceneAction.Fly],
    };

    private static IEnumerable<SceneSpec> Enumerate()
    {
        foreach (var subject in Enum.GetValues<Subject>())
        {
            foreach (var place in Enum.GetValues<Place>())
            {
                foreach (var action in ActionsIn(place))
                {
                    yield return new SceneSpec(subject, place, action);
                    foreach (var extras in ExtrasFor(subject, place, action))
                    {
                        yield return new SceneSpec(subject, place, action, extras);
                    }
                }
            }
        }
    }

    /// <summary>Those with nothing but a subject that does something in a place, held out or not.</summary>
    internal static IReadOnlyList<SceneSpec> Plain(bool heldOut) => [.. (heldOut ? HeldOut : Trained).Where(scene => scene.Extras == SceneExtras.None)];

    private static SceneSpec[] ChooseHeldOut()
    {
        var random = new WorldRandom(HoldOutSeed);
        var readme = StoryScript.Readme.SelectMany(story => story.Scenes).Select(part => Deed(part.Scene)).ToHashSet();
        var deeds = Combinations.Select(Deed).Distinct().ToArray();
        for (var i = deeds.Length - 1; i > 0; i--)
        {
            var other = random.Below(i + 1);
            (deeds[i], deeds[other]) = (deeds[other], deeds[i]);
        }

        var chosen = new HashSet<SceneSpec>();
        foreach (var deed in deeds)
        {
            var full = chosen.Count >= HeldOutShare * deeds.Length;
            if (!full && !readme.Contains(deed)
                && chosen.Count(other => other.Place == deed.Place && other.Action == deed.Action) < MostPerPlaceAndAction
                && !chosen.Any(other => other.Place == deed.Place && other.Subject == deed.Subject))
            {
                chosen.Add(deed);
            }
        }

        return [.. Combinations.Where(scene => chosen.Contains(Deed(scene)))];
    }

    private static SceneSpec Deed(SceneSpec scene) => scene.Combination with { Extras = SceneExtras.None };
}
