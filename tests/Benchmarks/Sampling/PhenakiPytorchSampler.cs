using Phenaki.Models;
using Phenaki.Models.Masked;
using static TorchSharp.torch;

namespace Phenaki.Benchmarks.Sampling;

/// <summary>
/// What phenaki-pytorch (lucidrains, 0.5) computes to sample tokens without a critic, operation by operation on the same libtorch, with random weights: a baseline for what this project does for
/// the same sizes. A forward pass for the prompt and one without it; logits, noise and softmax of all tokens and codes; attention without a fused kernel; position biases from a small
/// network and keys and values of the text anew in each pass.
/// </summary>
internal sealed class PhenakiPytorchSampler : IDisposable
{
    private const int HeadWidth = 64;
    private const int NullKeys = 2;
    private const float Starting = 0.9f;
    private readonly MaskedTransformerConfig _config;
    private readonly List<Tensor> _weights = [];
    private readonly Layer[] _layers;
    private readonly Tensor[] _bias;
    private readonly Tensor _tokens, _places, _norm, _zeros, _toLogits, _logitBias, _text;

    /// <summary>Makes random weights.</summary>
    /// <param name="config">Sizes; heads are 64 wide, and two thirds of the feed-forward width have a gate, as there.</param>
    /// <param name="textTokens">Rows of the prompt's embedding.</param>
    public PhenakiPytorchSampler(MaskedTransformerConfig config, int textTokens)
    {
        _config = config;
        using var _ = inference_mode();
        int width = config.Width, inner = config.Heads * HeadWidth, hidden = config.Mlp * 2 / 3;
        _layers = [.. Enumerable.Range(0, config.Layers).Select(_ => new Layer(
            Weight(width, 1, 3, 3, 3), Weight(width), NewAttention(width, 0), NewAttention(config.TextWidth, NullKeys), Weight(hidden * 2, width), Weight(width, hidden)))];
        _bias = [Weight(HeadWidth, 3), Weight(HeadWidth), Weight(HeadWidth, HeadWidth), Weight(HeadWidth), Weight(config.Heads, HeadWidth), Weight(config.Heads)];
        (_tokens, _places) = (Weight(config.CodebookSize + 1, width), Weight(Tokens, width));
        (_norm, _zeros) = (Keep(ones(width)), Keep(zeros(width)));
        (_toLogits, _logitBias, _text) = (Weight(config.CodebookSize, width), Weight(config.CodebookSize), Weight(1, textTokens, config.TextWidth));

        Attention NewAttention(int context, int nulls) => new(
            Keep(ones(width)), Keep(ones(context)), Keep(zeros(context)), Weight(config.Heads, 2 * nulls, HeadWidth), Weight(inner, width), Weight(2 * inner, context),
            Keep(ones(HeadWidth)), Keep(ones(HeadWidth)), Weight(width, inner));
    }

    private int Tokens => _config.Rows * _config.Columns * _config.MaxLatentFrames;

    /// <summary>Does the first steps of a clip.</summary>
    /// <param name="steps">Steps of the whole clip; all take the same time.</param>
    /// <param name="count">How many of them to do.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public void Sample(int steps, int count, CancellationToken cancellationToken)
    {
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        var ids = full([1, Tokens], Number.Of(_config.CodebookSize), ScalarType.Int64);
        Tensor? scores = null;
        for (int step = 0; step < count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            (ids, scores) = Step(ids, scores, step, steps);
            (ids, scores) = (ids.MoveToOuterDisposeScope(), scores.MoveToOuterDisposeScope());
        }
    }

    private (Tensor Ids, Tensor Scores) Step(Tensor ids, Tensor? scores, int step, int steps)
    {
        int masked = Math.Max(1, (int)Math.Round(Tokens * Math.Cos(Math.PI / 2 * step / steps)));
        var mask = scores is null
            ? ones([1, Tokens], ScalarType.Bool)
            : zeros(1, Tokens).scatter(1, scores.topk(masked).indexes, ones(1, masked)).to_type(ScalarType.Bool);
        ids = where(mask, full([1, Tokens], Number.Of(_config.CodebookSize), ScalarType.Int64), ids);
        var (wanted, unwanted) = (Logits(ids, drop: false), Logits(ids, drop: true));
        var logits = unwanted.Plus((wanted - unwanted) * Number.Of(_config.DefaultSampling.GuidanceScale));
        double temperature = Math.Max(Starting * (steps - step - 1.0) / steps, 1e-10);
        var noise = Log(Log(rand_like(logits)).neg()).neg();
        var drawn = (logits / Number.Of(temperature)).Plus(noise).argmax(-1);
        ids = where(mask, drawn, ids);
        var unsure = logits.softmax(-1).gather(2, drawn.unsqueeze(-1)).squeeze(-1).neg().Plus(Number.Of(1));
        return (ids, where(mask, unsure, full_like(unsure, Number.Of(-1e4f))));
    }

    private Tensor Logits(Tensor ids, bool drop)
    {
        using var scope = NewDisposeScope();
        var bias = PositionBias();
        var mask = drop ? zeros([1, _text.shape[1]], ScalarType.Bool) : ones([1, _text.shape[1]], ScalarType.Bool);
        var x = _tokens.index_select(0, ids.flatten()).unsqueeze(0).Plus(_places);
        foreach (var layer in _layers)
        {
            using var inner = NewDisposeScope();
            var grid = x.view(1, _config.MaxLatentFrames, _config.Rows, _config.Columns, _config.Width).permute(0, 4, 1, 2, 3);
            var near = nn.functional.conv3d(nn.functional.pad(grid, [1, 1, 1, 1, 1, 1]), layer.Near, layer.NearBias, groups: _config.Width);
            x = near.permute(0, 2, 3, 4, 1).reshape(x.shape).Plus(x);
            x = Attend(layer.Self, x, null, bias, null).Plus(x);
            x = Attend(layer.Cross, x, _text, null, mask).Plus(x);
            var halves = nn.functional.linear(Normalise(x), layer.Up).chunk(2, -1);
            x = nn.functional.linear(halves[1].gelu() * halves[0], layer.Down).Plus(x).MoveToOuterDisposeScope();
        }

        return nn.functional.linear(Normalise(x), _toLogits, _logitBias).MoveToOuterDisposeScope();
    }

    private Tensor Attend(Attention of, Tensor x, Tensor? text, Tensor? bias, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var context = text is null ? x : nn.functional.layer_norm(text, [_config.TextWidth], of.ContextNorm, of.ContextZeros);
        var halves = nn.functional.linear(context, of.KeysValues).chunk(2, -1);
        var (q, k, v) = (Heads(nn.functional.linear(nn.functional.layer_norm(x, [_config.Width], of.Norm, _zeros), of.Queries)), Heads(halves[0]), Heads(halves[1]));
        long nulls = of.Nulls.shape[1] / 2;
        if (nulls > 0)
        {
            var pairs = of.Nulls.view(1, _config.Heads, nulls, 2, HeadWidth).unbind(-2);
            (k, v) = (cat([pairs[0], k], -2), cat([pairs[1], v], -2));
        }

        q = nn.functional.normalize(q, 2, -1) * of.QueryScale;
        k = nn.functional.normalize(k, 2, -1) * of.KeyScale;
        var alike = matmul(q, k.transpose(-1, -2)) * Number.Of(8);
        if (bias is not null)
        {
            alike = alike.Plus(bias);
        }

        if (mask is not null)
        {
            var kept = cat([ones([1, nulls], ScalarType.Bool), mask], -1).view(1, 1, 1, -1);
            alike = alike.masked_fill(kept.logical_not(), Number.Of(float.MinValue));
        }

        var mixed = matmul(alike.softmax(-1), v).transpose(1, 2).reshape(1, Tokens, -1);
        return nn.functional.linear(mixed, of.Output).MoveToOuterDisposeScope();

        Tensor Heads(Tensor rows) => rows.view(1, rows.shape[1], _config.Heads, HeadWidth).transpose(1, 2);
    }

    // Of every token to every other, by a network of three layers.
    private Tensor PositionBias()
    {
        using var scope = NewDisposeScope();
        var axes = meshgrid([Axis(_config.MaxLatentFrames), Axis(_config.Rows), Axis(_config.Columns)], indexing: "ij");
        var places = stack(axes).flatten(1).t();
        var apart = places.unsqueeze(1) - places.unsqueeze(0);
        apart = apart.sign() * Log(apart.abs(), 1);
        apart = nn.functional.leaky_relu(nn.functional.linear(apart, _bias[0], _bias[1]), 0.1);
        apart = nn.functional.leaky_relu(nn.functional.linear(apart, _bias[2], _bias[3]), 0.1);
        return nn.functional.linear(apart, _bias[4], _bias[5]).permute(2, 0, 1).MoveToOuterDisposeScope();

        static Tensor Axis(int length) => Number.Range(length, CPU, ScalarType.Float32);
    }

    private Tensor Normalise(Tensor x) => nn.functional.layer_norm(x, [_config.Width], _norm, _zeros);

    private static Tensor Log(Tensor x, double offset = 1e-10) => x.Plus(Number.Of(offset)).log();

    private Tensor Weight(params long[] shape) => Keep(randn(shape).mul_(Number.Of(0.02f)));

    private Tensor Keep(Tensor weight)
    {
        _weights.Add(weight);
        return weight;
    }

    /// <inheritdoc />
    public void Dispose() => _weights.ForEach(weight => weight.Dispose());

    private sealed record Layer(Tensor Near, Tensor NearBias, Attention Self, Attention Cross, Tensor Up, Tensor Down);

    private sealed record Attention(
        Tensor Norm, Tensor ContextNorm, Tensor ContextZeros, Tensor Nulls, Tensor Queries, Tensor KeysValues, Tensor QueryScale, Tensor KeyScale, Tensor Output);
}
