namespace Phenaki.Trainer.StoryWorld.Captions;

/// <summary>The words of the captions. What stands twice is said twice as often.</summary>
internal static class CaptionWords
{
    public static readonly string[] Names =
        ["teddy bear|teddy bear|teddy", "panda|panda bear|panda bear", "astronaut", "dog|dog|puppy", "penguin", "robot",
         "tropical fish|fish|blue fish", "dinosaur|dinosaur|dino|green dinosaur", "elephant", "crab|crab|red crab"];

    public static readonly string[] Dogs = ["his dog", "his dog", "his dog", "her dog", "the dog", "a dog", "its dog"];
    public static readonly string[] Puddles = ["through a puddle", "through a puddle", "through the puddle", "through the water", "in a puddle"];
    public static readonly string[] Fireworks = ["fireworks", "fireworks", "the fireworks", "colorful fireworks"];
    public static readonly string[] Fishes =
        ["with colorful fishes", "with colorful fishes", "with colourful fishes", "with colorful fish", "among colorful fishes", "with small fishes",
         "with many fishes", "with fishes"];

    public static readonly string[] PencilEndings =
        [", pencil drawing", ", pencil drawing", ", as a pencil drawing", " as a pencil drawing", ", pencil sketch", ", drawn with a pencil",
         " in the style of a pencil drawing"];

    public static readonly string[] PencilBeginnings = ["a pencil drawing of", "a pencil sketch of"];
    public static readonly string[] CartoonEndings =
        [", cartoon", " in the style of a cartoon", " in the style of a cartoon", ", cartoon style", ", as a cartoon", " as a cartoon"];

    public static readonly string[] CartoonBeginnings = ["a cartoon of"];
    public static readonly string[] NightEndings = [" at night", " at night", ", at night", " in the dark", " in the night"];
    public static readonly string[] NightBeginnings = ["at night,"];

    public static readonly string[] Mirrored = ["mirrored", "mirrored", "flipped"];
    public static readonly string[] Backdrops = ["before a {0} backdrop", "before a {0} backdrop", "with a {0} background"];

    /// <summary>What a place in a style is called, by the number of the <see cref="PictureStyle"/>.</summary>
    public static readonly string[] BackdropStyles = ["plain", "pencil", "cartoon", "night"];

    /// <summary>Words that the grammar's rules put in by themselves.</summary>
    public static readonly string[] Joints = ["a an the is are keeps keep and with , ."];

    /// <summary>Verbs as (he, they, doing).</summary>
    public static IReadOnlyList<Verb> Verbs(SceneAction action, Place place) => action switch
    {
        SceneAction.Swim => [new("swims", "swim", "swimming")],
        SceneAction.Walk => [new("walks", "walk", "walking"), new("walks", "walk", "walking"), new("strolls", "stroll", "strolling")],
        SceneAction.Dance => [new("dances", "dance", "dancing")],
        SceneAction.Jump => [new("jumps", "jump", "jumping"), new("jumps", "jump", "jumping"), new("hops", "hop", "hopping"), new("leaps", "leap", "leaping")],
        SceneAction.Fly => [new("flies", "fly", "flying")],
        SceneAction.Dive => [new("dives", "dive", "diving"), new("goes", "go", "going"), new("sinks", "sink", "sinking"), new("goes down", "go down", "going down")],
        _ => place is Place.Ocean or Place.UnderWater or Place.Space
            ? [new("floats", "float", "floating"), new("floats", "float", "floating"), new("drifts", "drift", "drifting"), new("rests", "rest", "resting")]
            : [new("stands", "stand", "standing"), new("stands", "stand", "standing"), new("stands still", "stand still", "standing still"), new("waits", "wait", "waiting")],
    };

    public static IReadOnlyList<Verb> Watch { get; } =
        [new("watches", "watch", "watching"), new("watches", "watch", "watching"), new("looks at", "look at", "looking at")];

    public static IReadOnlyList<string> Places(Place place, SceneAction action) => place switch
    {
        Place.Ocean when action == SceneAction.Fly => ["over the ocean", "over the sea", "above the ocean", "above the sea"],
        Place.Ocean when action == SceneAction.Jump => ["in the ocean", "in the sea", "out of the ocean", "out of the water"],
        Place.Ocean => ["in the ocean", "in the ocean", "in the sea", "on the sea", "in the waves"],
        Place.UnderWater => ["under water", "under water", "under the water", "under the water", "underwater", "under the sea"],
        Place.Mars when action == SceneAction.Fly => ["over Mars", "over Mars", "above Mars", "over the red planet"],
        Place.Mars => ["on Mars", "on Mars", "on Mars", "on the red planet", "on the planet Mars"],
        Place.Forest when action == SceneAction.Fly => ["over the forest", "in the forest", "through the forest", "over the woods"],
        Place.Forest => ["in the forest", "in the forest", "in a forest", "in the woods", "among the trees"],
        Place.Snow when action == SceneAction.Fly => ["over the snow", "over the snow", "above the snow", "through the snow"],
        Place.Snow => ["in the snow", "in the snow", "on the snow", "in winter"],
        _ when action == SceneAction.Fly => ["in space", "in outer space", "among the stars", "through space"],
        _ => ["in space", "in space", "in outer space", "among the stars"],
    };

    public static IEnumerable<string> All()
    {
        var tables = new[]
        {
            Names, Dogs, Puddles, Fireworks, Fishes, PencilEndings, PencilBeginnings, CartoonEndings, CartoonBeginnings, NightEndings, NightBeginnings, Joints, Mirrored, BackdropStyles,
        };
        var places = Enum.GetValues<Place>();
        var verbs = Enum.GetValues<SceneAction>().SelectMany(action => places.SelectMany(place => Verbs(action, place))).Concat(Watch);
        return tables.SelectMany(table => table)
            .Concat(Backdrops.Select(backdrop => backdrop.Replace("{0}", "", StringComparison.Ordinal)))
            .Concat(verbs.SelectMany(verb => new[] { verb.Singular, verb.Plural, verb.Participle }))
            .Concat(Enum.GetValues<SceneAction>().SelectMany(action => places.SelectMany(place => Places(place, action))));
    }
}
