using System.Numerics;

namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>All layers of one style, drawn once when the world starts.</summary>
internal sealed class Stage
{
    public const int Phases = 8;
    public const int DogSize = 22;
    public const int FishColours = 4;
    private static readonly Lazy<Stage[]> Loaded = new(LoadAll);
    private readonly byte[][] _behind;
    private readonly Layer[] _before;
    private readonly SpriteSet[] _subjects;

    private Stage(PictureStyle style, SpriteSet[] subjects, SpriteSet dog, Pixmap[] behind, Pixmap[] before)
    {
        _subjects = subjects;
        Dog = dog;
        Pixmap[] styledBehind = [.. behind.Select((picture, i) => Backdrop(picture, style, (Place)(i / Phases)))];
        Pixmap[] styledBefore = [.. before.Select(picture => StyleFilter.Apply(picture, style, backdrop: true))];
        _behind = [.. styledBehind.Concat(styledBehind.Select(picture => picture.Mirrored())).Select(picture => new Layer(picture).ToRgb())];
        _before = [.. styledBefore.Concat(styledBefore.Select(picture => picture.Mirrored())).Select(picture => new Layer(picture))];
        Layer Prop(int width, int height, Func<float, float, Vector4> paint, bool styled = true) =>
            new(styled ? StyleFilter.Apply(Pixmap.Paint(width, height, paint), style, backdrop: false) : Pixmap.Paint(width, height, paint));
        Layer[] Moving(int width, int height, Func<float, float, int, Vector4> paint, bool styled = true) =>
            [.. Enumerable.Range(0, Phases).Select(phase => Prop(width, height, (x, y) => paint(x, y, phase), styled))];
        Shadows = [Prop(26, 8, (x, y) => PropPainter.Shadow(x, y, false), false), Prop(26, 8, (x, y) => PropPainter.Shadow(x, y, true), false)];
        Puddles = [Prop(64, 64, (x, y) => PropPainter.Puddle(x, y, false)), Prop(64, 64, (x, y) => PropPainter.Puddle(x, y, true))];
        Splashes = Moving(40, 16, PropPainter.Splash);
        Fireworks = Moving(64, 64, PropPainter.Fireworks, false);
        DiverBubbles = Moving(16, 32, PropPainter.DiverBubbles);
        Fishes = [.. Enumerable.Range(0, FishColours * 2 * Phases).Select(i =>
        {
            var fish = Pixmap.Paint(12, 10, (x, y) => PropPainter.Fish(x, y, i / (2 * Phases), i % Phases));
            return new Layer(StyleFilter.Apply(i / Phases % 2 == 1 ? fish.Mirrored() : fish, style, backdrop: false));
        })];
    }

    public SpriteSet Dog { get; }

    public Layer[] Shadows { get; }

    public Layer[] Puddles { get; }

    public Layer[] Splashes { get; }

    public Layer[] Fireworks { get; }

    public Layer[] DiverBubbles { get; }

    private Layer[] Fishes { get; }

    /// <summary>One stage for each <see cref="PictureStyle"/>, by its number; the first use takes a second or two.</summary>
    public static IReadOnlyList<Stage> All => Loaded.Value;

    public SpriteSet Of(Subject subject) => _subjects[(int)subject];

    public ReadOnlySpan<byte> Behind(Place place, int phase, bool mirrored = false) => _behind[PlaceIndex(place, phase, mirrored)];

    public Layer Before(Place place, int phase, bool mirrored = false) => _before[PlaceIndex(place, phase, mirrored)];

    public Layer Fish(int colour, bool mirrored, int phase) => Fishes[(((colour * 2) + (mirrored ? 1 : 0)) * Phases) + phase];

    private int PlaceIndex(Place place, int phase, bool mirrored) => (mirrored ? _behind.Length / 2 : 0) + ((int)place * Phases) + phase;

    private static Stage[] LoadAll()
    {
        var places = Enum.GetValues<Place>().Length;
        var behind = new Pixmap[places * Phases];
        var before = new Pixmap[behind.Length];
        Parallel.For(0, places * Phases, i =>
        {
            var (place, phase) = ((Place)(i / Phases), i % Phases);
            const int Size = StoryWorldDataset.Size;
            behind[i] = Pixmap.Paint(Size, Size, (x, y) => PlacePainter.Behind(place, x, y, phase));
            before[i] = Pixmap.Paint(Size, Size, (x, y) => PlacePainter.Before(place, x, y, phase));
        });
        var subjects = new SpriteSet[Enum.GetValues<Subject>().Length][];
        Parallel.For(0, subjects.Length, i => subjects[i] = SpriteSet.Load((Subject)i, Motion.Cell));
        var dog = SpriteSet.Load(Subject.Dog, DogSize);
        var stages = new Stage[Enum.GetValues<PictureStyle>().Length];
        Parallel.For(0, stages.Length, i =>
            stages[i] = new Stage((PictureStyle)i, [.. subjects.Select(styles => styles[i])], dog[i], behind, before));
        return stages;
    }

    private static Pixmap Backdrop(Pixmap plain, PictureStyle style, Place place)
    {
        var styled = StyleFilter.Apply(plain, style, backdrop: true);
        if (style != PictureStyle.Night || place is Place.UnderWater or Place.Space)
        {
            return styled;
        }

        var stars = Pixmap.Paint(plain.Width, 30, PropPainter.NightStars);
        return styled.Map((x, y, pixel) => y < 30 && IsSky(plain, x, y) ? stars[x, y] + (pixel * (1 - stars[x, y].W)) : pixel);
    }

    // Trees and hills differ from the sky above them: a star shows only where the column is smooth down to it.
    private static bool IsSky(Pixmap plain, int x, int y)
    {
        for (var row = 1; row <= y; row++)
        {
            if ((plain[x, row] - plain[x, row - 1]).Length() > 0.12f)
            {
                return false;
            }
        }

        return true;
    }
}
