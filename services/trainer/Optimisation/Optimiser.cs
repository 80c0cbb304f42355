using Phenaki.Models;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Phenaki.Trainer.Optimisation;

/// <summary>
/// Muon (Jordan et al. 2024: momentum, orthogonalised) for hidden matrices, AdamW (arXiv 1711.05101) for embeddings, biases, norms and
/// convolutions. Matrices of one shape are moved together. All state is exposed, so that a resumed run goes on number for number.
/// </summary>
internal sealed class Optimiser : IDisposable
{
    private const double Momentum = 0.95;
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.99;
    private const double Epsilon = 1e-8;

    // An orthogonal update of this size moves a matrix about as far as AdamW would (arXiv 2502.16982, section 2.2).
    private const double MuonScale = 0.2;

    // Rows of these are looked up, not multiplied: their gradients are no maps to orthogonalise.
    private static readonly string[] LookedUp = ["embedding", "position", "bias", "codebook", "shared", "empty"];

    private readonly OptimiserConfig _config;
    private readonly ScalarType _precision;
    private readonly List<(Parameter[] Parameters, Tensor Momentum, string Name)> _matrices = [];
    private readonly List<(Parameter Parameter, Tensor Mean, Tensor Square, string Name)> _others = [];
    private readonly Parameter[] _all;

    /// <summary>Starts without momentum.</summary>
    /// <param name="parameters">What is moved, by name.</param>
    /// <param name="config">Rates and schedule; must have no violations.</param>
    /// <param name="precision">Type that Muon's products compute in; state and weights stay float32.</param>
    public Optimiser(IEnumerable<(string Name, Parameter Parameter)> parameters, OptimiserConfig config, ScalarType precision = ScalarType.Float32)
    {
        (_config, _precision) = (config, precision);
        var trained = parameters.Where(p => p.Parameter.requires_grad).OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        _all = [.. trained.Select(p => p.Parameter)];
        foreach (var group in trained.Where(p => IsMatrix(p.Name, p.Parameter)).GroupBy(p => (p.Parameter.shape[0], p.Parameter.shape[1])))
        {
            Parameter[] members = [.. group.Select(p => p.Parameter)];
            var (rows, columns) = group.Key;
            var momentum = zeros(members.Length, rows, columns, device: members[0].device).DetachFromDisposeScope();
            _matrices.Add((members, momentum, $"muon.{rows}x{columns}"));
        }

        foreach (var (name, parameter) in trained.Where(p => !IsMatrix(p.Name, p.Parameter)))
        {
            _others.Add((parameter, zeros_like(parameter).DetachFromDisposeScope(), zeros_like(parameter).DetachFromDisposeScope(), name));
        }
    }

    /// <summary>The optimiser's tensors by name; loading a checkpoint copies into them.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        _matrices.Select(m => (m.Name, m.Momentum))
            .Concat(_others.SelectMany(o => new[] { ($"adam.mean.{o.Name}", o.Mean), ($"adam.square.{o.Name}", o.Square) }));

    /// <summary>Moves all parameters along their gradients and clears those.</summary>
    /// <param name="step">Step, from 0.</param>
    /// <param name="steps">Steps in all.</param>
    /// <returns>Norm of the gradient before clipping, a tensor of the caller's dispose scope: reading it at once would wait for the device.</returns>
    public Tensor Step(long step, long steps)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var norm = ClipGradients();
        double scale = _config.Scale(step, steps);
        foreach (var (parameters, momentum, _) in _matrices)
        {
            MoveMatrices(parameters, momentum, scale * _config.LearningRate);
        }

        foreach (var (parameter, mean, square, _) in _others)
        {
            MoveOther(parameter, mean, square, scale * _config.AdamLearningRate, step + 1);
        }

        foreach (var parameter in _all)
        {
            parameter.grad?.zero_();
        }

        return norm.MoveToOuterDisposeScope();
    }

    // As torch's clip_grad_norm_, without waiting for the norm.
    private Tensor ClipGradients()
    {
        Tensor[] gradients = [.. _all.Select(parameter => parameter.grad).OfType<Tensor>()];
        var norm = stack(gradients.Select(gradient => gradient.Squared().sum())).sum().sqrt();
        var factor = (Number.Of(_config.ClipNorm) / norm.Plus(Number.Of(1e-6f))).clamp(max: Number.Of(1));
        foreach (var gradient in gradients)
        {
            gradient.mul_(factor);
        }

        return norm;
    }

    private void MoveMatrices(Parameter[] parameters, Tensor momentum, double rate)
    {
        using var scope = NewDisposeScope();
        var gradients = stack(parameters.Select(p => p.grad ?? zeros_like(p)));
        momentum.mul_(Number.Of(Momentum)).add_(gradients, Number.Of(1));
        var update = NewtonSchulz.Orthogonalise(gradients.add(momentum, alpha: Number.Of(Momentum)), _precision);
        double size = rate * MuonScale * Math.Sqrt(Math.Max(update.shape[1], update.shape[2]));
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i].mul_(Number.Of(1 - (rate * _config.WeightDecay)));
            parameters[i].add_(update[i], alpha: Number.Of(-size));
        }
    }

    private static void MoveOther(Parameter parameter, Tensor mean, Tensor square, double rate, long step)
    {
        if (parameter.grad is not { } gradient)
        {
            return;
        }

        using var scope = NewDisposeScope();
        mean.mul_(Number.Of(Beta1)).add_(gradient, alpha: Number.Of(1 - Beta1));
        square.mul_(Number.Of(Beta2)).addcmul_(gradient, gradient, Number.Of(1 - Beta2));
        var denominator = (square / Number.Of(1 - Math.Pow(Beta2, step))).sqrt_().add_(Number.Of(Epsilon), Number.Of(1));
        parameter.addcdiv_(mean, denominator, Number.Of(-rate / (1 - Math.Pow(Beta1, step))));
    }

    private bool IsMatrix(string name, Parameter parameter) =>
        _config.Muon && parameter.dim() == 2 && parameter.shape.Min() >= 16
        && !Array.Exists(LookedUp, word => name.Contains(word, StringComparison.Ordinal));

    public void Dispose()
    {
        foreach (var (_, tensor) in State)
        {
            tensor.Dispose();
        }
    }
}
