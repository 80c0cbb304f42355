using Phenaki.Trainer.StoryWorld.Art;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>
/// The movement of each action: at most two pixels a frame (four while changing lanes), periods of eight frames. Two frames share a latent frame from an odd one on; at its second frame who stays
/// where it is stands on a grid of eight pixels, and who travels or dives is on it in every second latent frame, always at the same phases: so a sprite falls on the patches of a video tokenizer
/// in few ways, and few pictures are to be learned.
/// </summary>
internal static class Motion
{
    /// <summary>Edge of a subject's cell in pixels.</summary>
    public const int Cell = 32;

    /// <summary>Pixels between lines of the grid: the patches of the shipped model's video tokenizer.</summary>
    public const int Grid = 8;

    /// <summary>Pixels by which the dog at a subject's side is to its left.</summary>
    public const int DogDistance = 16;

    // Pixels that who travels goes in a latent frame.
    private const int Stride = 4;
    private static readonly int[] Rock = [0, 1, 1, 0, 0, -1, -1, 0];
    private static readonly int[] Step = [0, 0, -2, -2, 0, 0, -2, -2];
    private static readonly int[] Float = [0, 0, 2, 2, 2, 2, 0, 0];
    private static readonly int[] Sway = [0, 2, 4, 2, 0, -2, -4, -2];
    private static readonly int[] Twist = [0, 1, 2, 1, 0, -1, -2, -1];
    private static readonly int[] Hop = [0, -2, -4, -2, 0, -2, -4, -2];
    private static readonly int[] Leap = [0, -4, -8, -12, -16, -12, -8, -4];

    /// <summary>One of six starts (three places, two directions); a dive starts at the surface.</summary>
    /// <param name="scene">What the subject does.</param>
    /// <param name="phase">Phase of the first frame, even.</param>
    /// <param name="random">Chooses.</param>
    public static Actor Start(SceneSpec scene, int phase, ref WorldRandom random)
    {
        var (least, most) = Range(scene);
        var x = ((least + most) / 2) + (Grid * (random.Below(3) - 1));
        var pace = Travels(scene) ? Pace(phase) : 0;
        var y = scene.Action == SceneAction.Dive ? 0 : Lane(scene);
        return new Actor(Math.Min(x + pace, most - pace), y, random.Below(2) == 0 ? -1 : 1);
    }

    /// <summary>The place at the first frame of a scene that follows another: the same, but that who dives into another place begins at its surface.</summary>
    public static Actor Enter(SceneSpec before, SceneSpec scene, Actor actor) =>
        scene.Action == SceneAction.Dive && scene.Place != before.Place ? actor with { Y = 0, SpeedY = 0 } : actor;

    /// <summary>The place at the next frame.</summary>
    /// <param name="scene">What the subject does.</param>
    /// <param name="actor">Where it is.</param>
    /// <param name="phase">Phase of the next frame; odd for the first of a latent frame.</param>
    public static Actor Next(SceneSpec scene, Actor actor, int phase)
    {
        var planned = phase % 2 == 1 ? Plan(scene, actor, phase + 1) : actor;
        return planned with { X = planned.X + planned.SpeedX, Y = planned.Y + planned.SpeedY };
    }

    public static Stance Show(SceneSpec scene, Actor actor, int phase)
    {
        var right = actor.Direction > 0;
        var rocks = SubjectArt.Of(scene.Subject).Rocks;
        return scene.Action switch
        {
            SceneAction.Walk => new Stance(0, rocks ? Step[phase] : 0, phase, rocks ? Rock[phase] : 0, right),
            SceneAction.Swim => new Stance(0, Float[phase], phase, 0, right),
            SceneAction.Dance => new Stance(Sway[phase], Hop[phase], phase, Twist[phase], phase < 4),
            SceneAction.Jump => new Stance(0, Leap[phase], phase == 0 ? 0 : 2, 0, right),
            SceneAction.Fly => new Stance(0, Float[phase], phase, 2 * actor.Direction, right),
            SceneAction.Dive => new Stance(0, 0, phase, 2 * actor.Direction, right),
            _ => IsOnLand(scene.Place) ? new Stance(0, 0, 0, 0, right) : new Stance(0, Float[phase], 0, 0, right),
        };
    }

    public static bool IsOnLand(Place place) => place is Place.Mars or Place.Forest or Place.Snow;

    // Where to in the two frames of a latent frame, the second of which has the given phase.
    private static Actor Plan(SceneSpec scene, Actor actor, int phase)
    {
        var (least, most) = Range(scene);
        var isInside = actor.X >= least && actor.X <= most;
        var direction = actor.Direction;
        if (isInside && Travels(scene) && (direction < 0 ? actor.X <= least : actor.X >= most))
        {
            direction = -direction;
        }

        var x = !isInside ? Math.Clamp(actor.X, least, most)
            : Travels(scene) ? InStep(actor.X, actor.X + (Stride * direction), phase)
            : direction < 0 ? actor.X / Grid * Grid
            : (actor.X + Grid - 1) / Grid * Grid;
        var lane = Lane(scene);
        var y = scene.Action == SceneAction.Dive && actor.Y != lane
            ? InStep(actor.Y, actor.Y + (Stride * Math.Sign(lane - actor.Y)), phase)
            : lane;
        return new Actor(actor.X, actor.Y, direction, Speed(actor.X, x), Speed(actor.Y, y));
    }

    private static int Speed(int from, int to) => Math.Clamp(to - from, -Grid, Grid) / 2;

    // Who would come off the pace of the phases waits.
    private static int InStep(int from, int to, int phase) => (to - Pace(phase)) % Grid == 0 ? to : from;

    private static int Pace(int phase) => phase / 2 % 2 * Stride;

    private static bool Travels(SceneSpec scene) => scene.Action is SceneAction.Swim or SceneAction.Walk or SceneAction.Fly;

    private static int Lane(SceneSpec scene) => (scene.Place, scene.Action) switch
    {
        (_, SceneAction.Fly) => 0,
        (Place.UnderWater, SceneAction.Dive) => 24,
        (Place.Ocean or Place.UnderWater or Place.Space, _) => 16,
        _ => PlacePainter.Ground - Cell,
    };

    private static (int Least, int Most) Range(SceneSpec scene) =>
        scene.Has(SceneExtras.Dog) ? (16, 32) : scene.Action == SceneAction.Dance ? (8, 24) : (0, 32);
}
