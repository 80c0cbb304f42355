using Phenaki.Models.Text;

namespace Phenaki.Models.Tests.Text;

/// <summary>The T5 encoder written out with loops over doubles, from the papers alone: slow, obvious, and sharing nothing with the one under test.</summary>
internal sealed class ScalarT5(T5Config config, bool gated, Func<double, double> activation, IReadOnlyDictionary<string, double[]> weights)
{
    public double[][] Encode(int[] ids)
    {
        var hidden = ids.Select(id => Row(weights["shared.weight"], id, config.DModel)).ToArray();
        for (var block = 0; block < config.NumLayers; block++)
        {
            var layer = $"encoder.block.{block}.layer";
            Add(hidden, Attend($"{layer}.0.SelfAttention", hidden.Select(x => Norm(x, weights[$"{layer}.0.layer_norm.weight"])).ToArray()));
            Add(hidden, [.. hidden.Select(x => FeedForward($"{layer}.1.DenseReluDense", Norm(x, weights[$"{layer}.1.layer_norm.weight"])))]);
        }

        return [.. hidden.Select(x => Norm(x, weights["encoder.final_layer_norm.weight"]))];
    }

    private static void Add(double[][] target, double[][] change)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = [.. target[i].Zip(change[i], (a, b) => a + b)];
        }
    }

    private static double[] Row(double[] table, int index, int width) => table[(index * width)..((index + 1) * width)];

    private static double[] Multiply(double[] matrix, double[] x) =>
        [.. Enumerable.Range(0, matrix.Length / x.Length).Select(o => x.Select((v, i) => v * matrix[(o * x.Length) + i]).Sum())];

    private double[] Norm(double[] x, double[] scale)
    {
        var root = Math.Sqrt((x.Sum(v => v * v) / x.Length) + config.LayerNormEpsilon);
        return [.. x.Select((v, i) => v / root * scale[i])];
    }

    private double[] FeedForward(string name, double[] x)
    {
        var hidden = Multiply(weights[gated ? $"{name}.wi_0.weight" : $"{name}.wi.weight"], x).Select(activation);
        var open = gated ? hidden.Zip(Multiply(weights[$"{name}.wi_1.weight"], x), (a, b) => a * b) : hidden;
        return Multiply(weights[$"{name}.wo.weight"], [.. open]);
    }

    private double[][] Attend(string name, double[][] x)
    {
        double[][] Project(string part) => [.. x.Select(row => Multiply(weights[$"{name}.{part}.weight"], row))];
        var (q, k, v) = (Project("q"), Project("k"), Project("v"));
        var bias = weights["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"];
        var result = new double[x.Length][];
        for (var i = 0; i < x.Length; i++)
        {
            var mixed = new double[config.NumHeads * config.DKv];
            for (var head = 0; head < config.NumHeads; head++)
            {
                var from = head * config.DKv;
                var scores = x.Select((_, j) =>
                    Math.Exp(Enumerable.Range(from, config.DKv).Sum(c => q[i][c] * k[j][c]) + bias[(Bucket(j - i) * config.NumHeads) + head])).ToArray();
                for (var c = from; c < from + config.DKv; c++)
                {
                    mixed[c] = scores.Select((score, j) => score * v[j][c]).Sum() / scores.Sum();
                }
            }

            result[i] = Multiply(weights[$"{name}.o.weight"], mixed);
        }

        return result;
    }

    private int Bucket(int offset)
    {
        var half = config.RelativeAttentionNumBuckets / 2;
        var start = offset > 0 ? half : 0;
        var distance = Math.Abs(offset);
        var near = half / 2;
        return distance < near
            ? start + distance
            : start + Math.Min(half - 1, near + (int)(Math.Log((double)distance / near) / Math.Log((double)config.RelativeAttentionMaxDistance / near) * (half - near)));
    }
}
