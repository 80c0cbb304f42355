namespace Phenaki.Trainer.StoryWorld.Drawing;

/// <summary>Draws one frame from back to front.</summary>
internal static class SceneRenderer
{
    private const int Size = StoryWorldDataset.Size;

    /// <summary>Fills the frame (64x64 RGB) and returns the subject's box in it.</summary>
    public static Box Draw(Span<byte> frame, Stage stage, SceneSpec scene, Actor actor, int phase)
    {
        stage.Behind(scene.Place, phase).CopyTo(frame);
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
        var sprite = stage.Of(scene.Subject).At(stance.Pose, stance.Turn, stance.LooksRight);
        sprite.DrawOnto(frame, x - SpriteSet.Margin, y - SpriteSet.Margin);
        DrawProps(frame, stage, scene, actor, phase, stance);
        DrawFishes(frame, stage, scene, phase, near: true);
        stage.Before(scene.Place, phase).DrawOnto(frame, 0, 0);
        return BoxOf(sprite, x - SpriteSet.Margin, y - SpriteSet.Margin, scene);
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
