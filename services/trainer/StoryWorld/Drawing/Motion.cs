using Phenaki.Trainer.StoryWorld.Art;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>
/// The movement of each action: at most two pixels a frame (four while changing lanes), periods of eight frames. At even frames a subject stands on
/// a grid of four pixels, its lane on one of eight: two frames share a latent frame from an odd one on, so that a sprite falls on the patches of
/// a video tokenizer in few ways, and few pictures are to be learned.
/// </summary>
internal static class Motion
{
    /// <summary>Edge of a subject's cell in pixels.</summary>
    public const int Cell = 32;

    private const int Speed = 2;
    private const int LaneSpeed = 4;
    private static readonly int[] Rock = [0, 1, 1, 0, 0, -1, -1, 0];
    private static readonly int[] Step = [0, 0, -2, -2, 0, 0, -2, -2];
    private static readonly int[] Float = [0, 0, 2, 2, 2, 2, 0, 0];
    private static readonly int[] Sway = [0, 2, 4, 2, 0, -2, -4, -2];
    private static readonly int[] Twist = [0, 1, 2, 1, 0, -1, -2, -1];
    private static readonly int[] Hop = [0, -2, -4, -2, 0, -2, -4, -2];
    private static readonly int[] Leap = [0, -4, -8, -12, -16, -12, -8, -4];

    /// <summary>One of six starts (three places, two directions); a dive starts at the surface.</summary>
    public static Actor Start(SceneSpec scene, ref WorldRandom random)
    {
        var (least, most) = Range(scene);
        int[] starts = [least + 4, (least + most) / 8 * 4, most - 4];
        var y = scene.Action == SceneAction.Dive ? 0 : Lane(scene);
        return new Actor(random.Pick(starts), y, random.Below(2) == 0 ? -1 : 1);
    }

    /// <summary>The place at the first frame of a scene that follows another: the same, but that who dives into another place begins at its surface.</summary>
    public static Actor Enter(SceneSpec before, SceneSpec scene, Actor actor) =>
        scene.Action == SceneAction.Dive && scene.Place != before.Place ? actor with { Y = 0 } : actor;

    /// <summary>The place at the next frame.</summary>
    /// <param name="scene">What the subject does.</param>
    /// <param name="actor">Where it is.</param>
    /// <param name="time">Number of the next frame in its clip.</param>
    public static Actor Next(SceneSpec scene, Actor actor, int time)
    {
        var moves = scene.Action is SceneAction.Swim or SceneAction.Walk or SceneAction.Fly;
        var (least, most) = Range(scene);
        var direction = actor.Direction;
        if (moves && (direction < 0 ? actor.X <= least : actor.X >= most))
        {
            direction = -direction;
        }

        var x = actor.X < least || actor.X > most ? Towards(actor.X, Math.Clamp(actor.X, least, most), LaneSpeed, time)
            : moves ? Towards(actor.X, direction < 0 ? least : most, Speed, time)
            : Towards(actor.X, direction < 0 ? actor.X / 4 * 4 : (actor.X + 3) / 4 * 4, Speed, time);
        var y = Towards(actor.Y, Lane(scene), scene.Action == SceneAction.Dive ? Speed : LaneSpeed, time);
        return new Actor(x, y, direction);
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

    // Waits one frame, or goes to the next line of the grid, where the step would leave the grid at an even frame.
    private static int Towards(int from, int target, int speed, int time)
    {
        var next = from + Math.Clamp(target - from, -speed, speed);
        var leaves = time % 2 == 0 && next != target && next % (2 * speed) != 0;
        return !leaves ? next : from % 4 == 0 ? from : from + (Speed * Math.Sign(target - from));
    }

    private static int Lane(SceneSpec scene) => (scene.Place, scene.Action) switch
    {
        (_, SceneAction.Fly) => 0,
        (Place.UnderWater, SceneAction.Dive) => 24,
        (Place.Ocean or Place.UnderWater or Place.Space, _) => 16,
        _ => PlacePainter.Ground - Cell,
    };

    private static (int Least, int Most) Range(SceneSpec scene) =>
        scene.Has(SceneExtras.Dog) ? (20, 32) : scene.Action == SceneAction.Dance ? (4, 28) : (0, 32);
}
