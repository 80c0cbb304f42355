using Phenaki.Models;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.StoryWorld.Drawing;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Judging;

/// <summary>
/// Looks for a subject's own art in a frame: in all poses, turns and directions at all places, by the correlation of colours where the art is solid, which does not
/// depend on brightness and contrast. Unlike a classifier it is not pleased by two halves of a subject.
/// </summary>
internal sealed class ArtMatcher : IDisposable
{
    private const int Size = StoryWorldDataset.Size;
    private const int Canvas = Motion.Cell + (2 * SpriteSet.Margin);
    private const int Padded = Size + (2 * SpriteSet.Margin);
    private const int Places = Padded - Canvas + 1;
    private const int Apart = 10;

    // Less of the art in view than this is no finding.
    private const double LeastVisible = 0.5;

    private readonly Dictionary<(Subject Subject, int Floor), Art> _arts = [];

    /// <summary>Looks for a subject.</summary>
    /// <param name="frame">Bytes [64, 64, 3].</param>
    /// <param name="scene">Whose art to look for, in the plain style; in the ocean its lower part is hidden by waves and does not count.</param>
    public ArtFinding Find(ReadOnlySpan<byte> frame, SceneSpec scene)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var art = ArtOf(scene);
        var pixels = tensor(frame.ToArray(), [1, Size, Size, 3]).to_type(ScalarType.Float32).div_(Number.Of(255f)).permute(0, 3, 1, 2);
        var seen = nn.functional.pad(pixels, [SpriteSet.Margin, SpriteSet.Margin, SpriteSet.Margin, SpriteSet.Margin]) * art.View;
        var product = nn.functional.conv2d(seen, art.Colours)[0];
        var sums = nn.functional.conv2d(seen.transpose(0, 1), art.Alpha);
        var squares = nn.functional.conv2d(seen.Squared().sum(1, keepdim: true), art.Alpha)[0];
        var covariance = product - ((sums * art.Sums).sum([0]) / art.Weight);
        var variance = (squares - (sums.Squared().sum([0]) / art.Weight)).clamp(art.Variance * Number.Of(0.02f));
        var correlation = (covariance / (variance * art.Variance).sqrt()).masked_fill(art.Hidden, Number.Of(-1));
        var (best, pose) = correlation.max(0);
        float[] map = best.cpu().data<float>().ToArray();
        int at = Array.IndexOf(map, map.Max());
        double second = map.Where((_, place) => Math.Abs((place % Places) - (at % Places)) > Apart || Math.Abs((place / Places) - (at / Places)) > Apart).Max();
        int sprite = (int)pose.flatten()[at].item<long>();
        return new ArtFinding(map[at], second, WeakestQuarter(seen, art, sprite, at));
    }

    // Fits brightness and contrast of the art to the frame as a whole, then looks at each quarter for itself.
    private static double WeakestQuarter(Tensor seen, Art art, int sprite, int at)
    {
        int x = at % Places, y = at / Places;
        var window = seen[0].narrow(1, y, Canvas).narrow(2, x, Canvas);
        var alpha = art.Alpha[sprite] * art.View[0].narrow(1, y, Canvas).narrow(2, x, Canvas);
        var colours = art.Colours[sprite] / art.Alpha[sprite].clamp(Number.Of(1e-6));
        var weight = alpha.sum();
        var meanArt = (colours * alpha).sum([1, 2], keepdim: true) / weight;
        var meanSeen = (window * alpha).sum([1, 2], keepdim: true) / weight;
        var centredArt = (colours - meanArt) * alpha.sqrt();
        var centredSeen = (window - meanSeen) * alpha.sqrt();
        var spread = centredArt.Squared().sum();
        var contrast = (centredArt * centredSeen).sum() / spread;
        var residual = (centredSeen - (contrast * centredArt)).Squared().sum([0]);
        var explained = (contrast * centredArt).Squared().sum([0]);
        double weakest = 1;
        double whole = explained.sum().item<float>();
        for (int quarter = 0; quarter < 4; quarter++)
        {
            Tensor Cut(Tensor of) => of.narrow(0, quarter / 2 * Canvas / 2, Canvas / 2).narrow(1, quarter % 2 * Canvas / 2, Canvas / 2).sum();
            if (Cut(alpha[0]).item<float>() < 0.05 * weight.item<float>())
            {
                continue;
            }

            double signal = Math.Max(Cut(explained).item<float>(), whole / 8);
            weakest = Math.Min(weakest, 1 - (Cut(residual).item<float>() / signal));
        }

        return weakest;
    }

    private Art ArtOf(SceneSpec scene)
    {
        int floor = scene.Place == Place.Ocean ? PlacePainter.WaterLine - 2 : Size;
        if (!_arts.TryGetValue((scene.Subject, floor), out var art))
        {
            art = Art.Load(scene.Subject, floor);
            _arts.Add((scene.Subject, floor), art);
        }

        return art;
    }

    public void Dispose()
    {
        foreach (var tensor in _arts.Values.SelectMany(art => art.Tensors))
        {
            tensor.Dispose();
        }
    }

    /// <summary>A subject's sprites and what of the sums does not depend on the frame.</summary>
    /// <param name="View">1 where the frame can be seen, shape [1, 1, padded, padded].</param>
    /// <param name="Alpha">1 where the art is solid, shape [sprites, 1, canvas, canvas].</param>
    /// <param name="Colours">0 where it is not, shape [sprites, 3, canvas, canvas].</param>
    /// <param name="Weight">Visible solid pixels by sprite and place, shape [sprites, places, places].</param>
    /// <param name="Sums">Visible colours, shape [3, sprites, places, places].</param>
    /// <param name="Variance">Their variance times weight, shape [sprites, places, places].</param>
    /// <param name="Hidden">True where too little can be seen.</param>
    private sealed record Art(Tensor View, Tensor Alpha, Tensor Colours, Tensor Weight, Tensor Sums, Tensor Variance, Tensor Hidden)
    {
        public IEnumerable<Tensor> Tensors => [View, Alpha, Colours, Weight, Sums, Variance, Hidden];

        public static Art Load(Subject subject, int floor)
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var sprites = SpriteSet.Load(subject, Motion.Cell)[(int)PictureStyle.Plain].All;
            var rgba = tensor(sprites.SelectMany(sprite => sprite.Rgba.ToArray()).ToArray(), [sprites.Count, Canvas, Canvas, 4])
                .to_type(ScalarType.Float32).div_(Number.Of(255f)).permute(0, 3, 1, 2).contiguous();

            // Seams of the art are mixed with what lies behind them: only what is solid counts.
            var alpha = (rgba.narrow(1, 3, 1) > Number.Of(Layer.Solid)).to_type(ScalarType.Float32).contiguous();
            var colours = (rgba.narrow(1, 0, 3) / rgba.narrow(1, 3, 1).clamp(Number.Of(1e-6)) * alpha).contiguous();
            var view = zeros(1, 1, Padded, Padded);
            view.narrow(2, SpriteSet.Margin, floor).narrow(3, SpriteSet.Margin, Size).fill_(Number.Of(1));
            var weight = nn.functional.conv2d(view, alpha)[0];
            var sums = cat([.. Enumerable.Range(0, 3).Select(channel => nn.functional.conv2d(view, colours.narrow(1, channel, 1)))], 0);
            var squares = nn.functional.conv2d(view, (colours.Squared() / alpha.clamp(Number.Of(1e-6))).sum(1, keepdim: true))[0];
            var variance = (squares - (sums.Squared().sum([0]) / weight.clamp(Number.Of(1e-3)))).clamp(Number.Of(1e-3));
            var hidden = weight < alpha.sum([1, 2, 3]).view(-1, 1, 1) * Number.Of(LeastVisible);
            var art = new Art(view, alpha, colours, weight.clamp(Number.Of(1e-3)), sums, variance, hidden);
            foreach (var tensor in art.Tensors)
            {
                tensor.DetachFromDisposeScope();
            }

            return art;
        }
    }
}
