namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>Draws one frame from back to front.</summary>
internal static class SceneRenderer
{
    private const int Size = StoryWorldDataset.Size;

    // The art with the least contrast counts this much, whatever it is.
    private const float MostFaintness = 8;
    private const float CommonVariance = 0.1f;
    private const int Rim = 2;

    /// <summary>Draws a frame and returns the subject's box in it.</summary>
    /// <param name="frame">Bytes [64, 64, 3].</param>
    /// <param name="faintness">As <see cref="StoryClip.Faintness"/>, for this frame [64, 64], all 0 before; empty if nobody wants it.</param>
    /// <param name="stages">Layers by style.</param>
    /// <param name="scene">What to draw.</param>
    /// <param name="actor">Where the subject is.</param>
    /// <param name="phase">Frame of all loops, 0 to 7.</param>
    public static Box Draw(Span<byte> frame, Span<float> faintness, IReadOnlyList<Stage> stages, SceneSpec scene, Actor actor, int phase)
    {
        var stage = stages[(int)scene.DrawnStyle];
        var backdrop = scene.Backdrop ?? new Backdrop(scene.DrawnStyle, Mirrored: false);
        var place = stages[(int)backdrop.Style];
        place.Behind(scene.Place, phase, backdrop.Mirrored).CopyTo(frame);
        if (scene.Has(SceneExtras.Fireworks))
        {
            stage.Fireworks[phase].DrawOnto(frame, 0, 0);
        }

        if (scene.Has(SceneExtras.Puddle))
        {
            stage.Puddles[0].DrawOnto(frame, 0, 0);
        }

        var stance = Motion.Show(scene, actor, phase);
        int x = actor.X + stance.ShiftX, y = actor.Y + stance.ShiftY;
        if (Motion.IsOnLand(scene.Place))
        {
            var high = y + Motion.Cell < PlacePainter.Ground - 3;
            stage.Shadows[high ? 1 : 0].DrawOnto(frame, x + 3, PlacePainter.Ground - 5);
        }

        DrawFishes(frame, stage, scene, phase, near: false);
        var sprites = stage.Of(scene.Subject);
        var sprite = sprites.At(stance.Pose, stance.Turn, stance.LooksRight);
        int left = x - SpriteSet.Margin, top = y - SpriteSet.Margin;
        sprite.DrawOnto(frame, left, top);
        DrawProps(frame, stage, scene, actor, phase, stance);
        DrawFishes(frame, stage, scene, phase, near: true);
        place.Before(scene.Place, phase, backdrop.Mirrored).DrawOnto(frame, 0, 0);
        var box = BoxOf(sprite, left, top, scene);
        if (!faintness.IsEmpty)
        {
            Mark(faintness, sprite, left, top, box, Math.Min(MostFaintness, CommonVariance / sprites.ColourVariance));
        }

        return box;
    }

    private static void Mark(Span<float> faintness, Layer sprite, int x, int y, Box box, float value)
    {
        for (var row = box.Y; row < box.Y + box.Height; row++)
        {
            for (var column = box.X; column < box.X + box.Width; column++)
            {
                if (sprite.IsSolid(column - x, row - y))
                {
                    MarkAround(faintness, column, row, value);
                }
            }
        }
    }

    // With a rim: where only the art counts, it is painted beyond its outline.
    private static void MarkAround(Span<float> faintness, int column, int row, float value)
    {
        int left = Math.Max(0, column - Rim), right = Math.Min(Size - 1, column + Rim);
        for (var y = Math.Max(0, row - Rim); y <= Math.Min(Size - 1, row + Rim); y++)
        {
            faintness.Slice((y * Size) + left, right - left + 1).Fill(value);
        }
    }

    private static void DrawProps(Span<byte> frame, Stage stage, SceneSpec scene, Actor actor, int phase, Stance stance)
    {
        if (scene.Has(SceneExtras.Dog))
        {
            var dogX = actor.X - 20;
            stage.Shadows[1].DrawOnto(frame, dogX - 2, PlacePainter.Ground - 5);
            var pose = scene.Action == SceneAction.Walk ? phase : 0;
            stage.Dog.At(pose, 0, stance.LooksRight)
                .DrawOnto(frame, dogX - SpriteSet.Margin, PlacePainter.Ground - Stage.DogSize - SpriteSet.Margin);
        }

        if (scene.Has(SceneExtras.Puddle))
        {
            stage.Puddles[1].DrawOnto(frame, 0, 0);
            // The subject's middle is sixteen pixels from its cell's edge; the puddle reaches nineteen to either side of column 32.
            if (Math.Abs(actor.X + 16 - 32) <= 18)
            {
                stage.Splashes[phase].DrawOnto(frame, actor.X - 4, PlacePainter.Ground - 13);
            }
        }

        if (scene.Action == SceneAction.Dive)
        {
            stage.DiverBubbles[phase].DrawOnto(frame, actor.X + 8, actor.Y - 26);
        }
    }

    private static void DrawFishes(Span<byte> frame, Stage stage, SceneSpec scene, int phase, bool near)
    {
        if (!scene.Has(SceneExtras.Fishes))
        {
            return;
        }

        ReadOnlySpan<int> places = [3, 4, 49, 8, 6, 44, 50, 46];
        for (var fish = near ? 2 : 0; fish < (near ? 4 : 2); fish++)
        {
            // Back and forth by eight pixels: as readable as a crossing, and it repeats with the phase.
            var swing = phase < 4 ? phase : 8 - phase;
            var rightwards = (phase < 4) == (fish % 2 == 0);
            var x = places[2 * fish] + (fish % 2 == 0 ? 2 * swing : -2 * swing);
            stage.Fish(fish, rightwards, phase).DrawOnto(frame, x, places[(2 * fish) + 1]);
        }
    }

    private static Box BoxOf(Layer sprite, int x, int y, SceneSpec scene)
    {
        var bounds = sprite.Bounds;
        // What the front waves hide is not there to be seen.
        var floor = scene.Place == Place.Ocean ? PlacePainter.WaterLine + 2 : Size;
        int left = Math.Clamp(x + bounds.X, 0, Size - 1), top = Math.Clamp(y + bounds.Y, 0, Size - 1);
        int right = Math.Clamp(x + bounds.X + bounds.Width, left + 1, Size);
        int bottom = Math.Clamp(y + bounds.Y + bounds.Height, top + 1, Math.Max(floor, top + 1));
        return new Box(left, top, right - left, bottom - top);
    }
}
