namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>Draws one frame from back to front.</summary>
internal static class SceneRenderer
{
    private const int Size = StoryWorldDataset.Size;

    // The art with the least contrast counts this much, whatever it is.
    private const float MostFaintness = 8;
    private const float CommonVariance = 0.1f;
    private const int Rim = 2;

    /// <summary>Draws over what is in a frame, bytes [64, 64, 3].</summary>
    public delegate void Painter(Span<byte> frame, FrameState state);

    /// <summary>Draws a frame and returns the subject's box in it.</summary>
    /// <param name="frame">Bytes [64, 64, 3].</param>
    /// <param name="faintness">As <see cref="StoryClip.Faintness"/>, for this frame [64, 64], all 0 before.</param>
    /// <param name="stages">Layers by style.</param>
    /// <param name="state">What to draw.</param>
    public static Box Draw(Span<byte> frame, Span<float> faintness, IReadOnlyList<Stage> stages, FrameState state)
    {
        DrawMixed(frame, state, (target, of) =>
        {
            DrawBehind(target, stages, of, hasShadows: true);
            DrawActor(target, stages, of, 0, 0);
            DrawBefore(target, stages, of);
        });
        var (scene, actor, phase) = state;
        var stance = Motion.Show(scene, actor, phase);
        var sprites = stages[(int)scene.DrawnStyle].Of(scene.Subject);
        var sprite = sprites.At(stance.Pose, stance.Turn, stance.LooksRight);
        int left = actor.X + stance.ShiftX - SpriteSet.Margin, top = actor.Y + stance.ShiftY - SpriteSet.Margin;
        var box = BoxOf(sprite, left, top, scene);
        Mark(faintness, sprite, left, top, box, Math.Min(MostFaintness, CommonVariance / sprites.ColourVariance));
        return box;
    }

    /// <summary>Draws what does not move with the subject.</summary>
    /// <param name="frame">Bytes [64, 64, 3].</param>
    /// <param name="stages">Layers by style.</param>
    /// <param name="state">What to draw.</param>
    /// <param name="hasShadows">Whether the shadows of who is not drawn lie there.</param>
    public static void DrawBackdrop(Span<byte> frame, IReadOnlyList<Stage> stages, FrameState state, bool hasShadows) => DrawMixed(frame, state, (target, of) =>
    {
        DrawBehind(target, stages, of, hasShadows);
        DrawBefore(target, stages, of);
    });

    /// <summary>Draws the subject and what moves with it, without its shadow, over what is there.</summary>
    /// <param name="frame">Bytes [64, 64, 3].</param>
    /// <param name="stages">Layers by style.</param>
    /// <param name="state">What to draw.</param>
    /// <param name="right">Pixels to the right of where it belongs.</param>
    /// <param name="down">Pixels below it.</param>
    public static void DrawForeground(Span<byte> frame, IReadOnlyList<Stage> stages, FrameState state, int right, int down) =>
        DrawMixed(frame, state, (target, of) => DrawActor(target, stages, of, right, down));

    private static void DrawMixed(Span<byte> frame, FrameState state, Painter paint)
    {
        if (state.Leaving is not { } leaving)
        {
            paint(frame, state);
            return;
        }

        byte[] dissolved = frame.ToArray();
        paint(frame, state);
        paint(dissolved, leaving);
        var weight = (state.Since + 1) * 256 / (Shot.DissolveFrames + 1);
        for (var i = 0; i < frame.Length; i++)
        {
            frame[i] = (byte)(((frame[i] * weight) + (dissolved[i] * (256 - weight)) + 128) >> 8);
        }
    }

    private static Stage PlaceOf(IReadOnlyList<Stage> stages, SceneSpec scene) => stages[(int)(scene.Backdrop?.Style ?? scene.DrawnStyle)];

    private static void DrawBehind(Span<byte> frame, IReadOnlyList<Stage> stages, FrameState state, bool hasShadows)
    {
        var (scene, actor, phase) = state;
        var stage = stages[(int)scene.DrawnStyle];
        PlaceOf(stages, scene).Behind(scene.Place, phase, scene.Backdrop?.Mirrored ?? false).CopyTo(frame);
        if (scene.Has(SceneExtras.Fireworks))
        {
            stage.Fireworks[phase].DrawOnto(frame, 0, 0);
        }

        if (scene.Has(SceneExtras.Puddle))
        {
            stage.Puddles[0].DrawOnto(frame, 0, 0);
        }

        if (hasShadows && Motion.IsOnLand(scene.Place))
        {
            var stance = Motion.Show(scene, actor, phase);
            var isHigh = actor.Y + stance.ShiftY + Motion.Cell < PlacePainter.Ground - 3;
            stage.Shadows[isHigh ? 1 : 0].DrawOnto(frame, actor.X + stance.ShiftX + 3, PlacePainter.Ground - 5);
            if (scene.Has(SceneExtras.Dog))
            {
                stage.Shadows[1].DrawOnto(frame, actor.X - Motion.DogDistance - 2, PlacePainter.Ground - 5);
            }
        }

        DrawFishes(frame, stage, scene, phase, near: false);
    }

    private static void DrawActor(Span<byte> frame, IReadOnlyList<Stage> stages, FrameState state, int right, int down)
    {
        var (scene, actor, phase) = state;
        var stage = stages[(int)scene.DrawnStyle];
        var stance = Motion.Show(scene, actor, phase);
        int x = actor.X + right, y = actor.Y + down, ground = PlacePainter.Ground + down;
        stage.Of(scene.Subject).At(stance.Pose, stance.Turn, stance.LooksRight)
            .DrawOnto(frame, x + stance.ShiftX - SpriteSet.Margin, y + stance.ShiftY - SpriteSet.Margin);
        if (scene.Has(SceneExtras.Dog))
        {
            var pose = scene.Action == SceneAction.Walk ? phase : 0;
            stage.Dog.At(pose, 0, stance.LooksRight)
                .DrawOnto(frame, x - Motion.DogDistance - SpriteSet.Margin, ground - Stage.DogSize - SpriteSet.Margin);
        }

        // The subject's middle is sixteen pixels from its cell's edge; the puddle reaches nineteen to either side of column 32.
        if (scene.Has(SceneExtras.Puddle) && Math.Abs(actor.X + 16 - 32) <= 18)
        {
            stage.Splashes[phase].DrawOnto(frame, x - 4, ground - 13);
        }

        if (scene.Action == SceneAction.Dive)
        {
            stage.DiverBubbles[phase].DrawOnto(frame, x + 8, y - 26);
        }
    }

    private static void DrawBefore(Span<byte> frame, IReadOnlyList<Stage> stages, FrameState state)
    {
        var (scene, _, phase) = state;
        var stage = stages[(int)scene.DrawnStyle];
        if (scene.Has(SceneExtras.Puddle))
        {
            stage.Puddles[1].DrawOnto(frame, 0, 0);
        }

        DrawFishes(frame, stage, scene, phase, near: true);
        PlaceOf(stages, scene).Before(scene.Place, phase, scene.Backdrop?.Mirrored ?? false).DrawOnto(frame, 0, 0);
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
