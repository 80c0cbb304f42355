using Phenaki.Trainer.StoryWorld.Art;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>The movement of each action: two-pixel grid, at most two pixels a frame (four while changing lanes), periods of eight frames.</summary>
internal static class Motion
{
    /// <summary>Edge of a subject's cell in pixels.</summary>
    public const int Cell = 32;

    private const int LaneSpeed = 4;
    private static readonly int[] Rock = [0, 1, 1, 0, 0, -1, -1, 0];
    private static readonly int[] Step = [0, 0, -2, -2, 0, 0, -2, -2];
    private static readonly int[] Float = [0, 0, 2, 2, 2, 2, 0, 0];
    private static readonly int[] Drift = [0, 2, 4, 2, 0, -2, -4, -2];
    private static readonly int[] Sway = [0, 2, 4, 2, 0, -2, -4, -2];
    private static readonly int[] Twist = [0, 1, 2, 1, 0, -1, -2, -1];
    private static readonly int[] Hop = [0, -2, -4, -2, 0, -2, -4, -2];
    private static readonly int[] Leap = [0, -6, -12, -16, -16, -12, -6, 0];

    /// <summary>One of six starts (three places, two directions); a dive starts at the surface.</summary>
    public static Actor Start(SceneSpec scene, int height, ref WorldRandom random)
    {
        var (least, most) = Range(scene);
        int[] starts = [least + 2, ((least + most) / 4) * 2, most - 2];
        var y = scene.Action == SceneAction.Dive ? 0 : Lane(scene, height);
        return new Actor(random.Pick(starts), y, random.Below(2) == 0 ? -1 : 1);
    }

    /// <summary>The next frame's place.</summary>
    public static Actor Next(SceneSpec scene, Actor actor, int height)
    {
        var speed = scene.Action is SceneAction.Swim or SceneAction.Walk or SceneAction.Fly ? 2 : 0;
        var (least, most) = Range(scene);
        var direction = actor.Direction;
        if (speed > 0 && (direction < 0 ? actor.X <= least : actor.X >= most))
        {
            direction = -direction;
        }

        var x = actor.X < least ? Math.Min(least, actor.X + LaneSpeed)
            : actor.X > most ? Math.Max(most, actor.X - LaneSpeed)
            : actor.X + (direction * speed);
        var fall = scene.Action == SceneAction.Dive ? 2 : LaneSpeed;
        var y = actor.Y + Math.Clamp(Lane(scene, height) - actor.Y, -fall, fall);
        return new Actor(x, y, direction);
    }

    public static Stance Show(SceneSpec scene, Actor actor, int phase)
    {
        var right = actor.Direction > 0;
        var rocks = SubjectArt.Of(scene.Subject).Rocks;
        return scene.Action switch
        {
            SceneAction.Walk => new Stance(0, rocks ? Step[phase] : 0, phase, rocks ? Rock[phase] : 0, right),
            SceneAction.Swim => new Stance(0, scene.Place == Place.Ocean ? Float[phase] : Drift[phase], phase, Rock[phase], right),
            SceneAction.Dance => new Stance(Sway[phase], Hop[phase], phase, Twist[phase], phase < 4),
            SceneAction.Jump => new Stance(0, Leap[phase], phase is 0 or 7 ? 0 : 2, 0, right),
            SceneAction.Fly => new Stance(0, Float[phase], phase, 2 * actor.Direction, right),
            SceneAction.Dive => new Stance(0, 0, phase, 2 * actor.Direction, right),
            _ => IsOnLand(scene.Place) ? new Stance(0, 0, 0, 0, right) : new Stance(0, Float[phase], 0, 0, right),
        };
    }

    public static bool IsOnLand(Place place) => place is Place.Mars or Place.Forest or Place.Snow;

    private static int Lane(SceneSpec scene, int height) => (scene.Place, scene.Action) switch
    {
        (Place.Ocean, SceneAction.Fly) => 2,
        (Place.Ocean, _) => (PlacePainter.WaterLine + (height * 2 / 5) - Cell) / 2 * 2,
        (Place.UnderWater, SceneAction.Dive) => 26,
        (Place.UnderWater or Place.Space, SceneAction.Dance) => 18,
        (Place.UnderWater or Place.Space, _) => 14,
        (_, SceneAction.Fly) => 4,
        _ => PlacePainter.Ground - Cell,
    };

    private static (int Least, int Most) Range(SceneSpec scene) =>
        scene.Has(SceneExtras.Dog) ? (18, 32) : scene.Action == SceneAction.Dance ? (4, 28) : (0, 32);
}
