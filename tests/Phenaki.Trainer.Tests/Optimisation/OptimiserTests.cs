using Phenaki.Models;
using Phenaki.Trainer.Optimisation;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Phenaki.Trainer.Tests.Optimisation;

public sealed class OptimiserTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Orthogonalise_TallWideAndSquare_BringsSingularValuesNearOne(ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var generator = manual_seed(2);
        foreach (var (rows, columns) in new[] { (40L, 20L), (20L, 40L), (30L, 30L) })
        {
            var made = NewtonSchulz.Orthogonalise(randn(3, rows, columns), precision);
            Assert.Equal(ScalarType.Float32, made.dtype);
            var singular = linalg.svdvals(made);

            // The iteration's fifth power leaves singular values between 0.7 and 1.2 (Jordan et al. 2024); tiny ones of a square matrix stay below.
            Assert.True(singular.max().item<float>() < 1.3f);
            Assert.True(singular.median().item<float>() > 0.6f);
        }
    }

    [Fact]
    public void Step_FirstStepOfAdam_MovesByTheLearningRate()
    {
        // Kingma and Ba (arXiv 1412.6980, section 2.1): bias correction makes the first step as long as the learning rate, whatever the gradient.
        using var scope = NewDisposeScope();
        using var parameter = new Parameter(tensor([1f, -2f]));
        using var optimiser = new Optimiser([("position", parameter)], new OptimiserConfig { AdamLearningRate = 0.1, WarmupSteps = 0, ClipNorm = 1e9 });
        (parameter * tensor([3f, -500f])).sum().backward();
        optimiser.Step(0, 10);
        Assert.Equal([0.9f, -1.9f], parameter.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-4f);
    }

    [Fact]
    public void Step_LeastSquares_FindsTheSolution()
    {
        using var scope = NewDisposeScope();
        using var generator = manual_seed(3);
        var x = randn(200, 20);
        var truth = randn(20, 20);
        using var matrix = new Parameter(zeros(20, 20));
        using var optimiser = new Optimiser([("layer.weight", matrix)], new OptimiserConfig { LearningRate = 0.05, WarmupSteps = 5, Schedule = "cosine", WeightDecay = 0 });
        double first = 0, last = 0;
        for (int step = 0; step < 300; step++)
        {
            using var inner = NewDisposeScope();
            var loss = (x.matmul(matrix) - x.matmul(truth)).Squared().mean();
            loss.backward();
            optimiser.Step(step, 300);
            last = loss.item<float>();
            first = step == 0 ? last : first;
        }

        Assert.True(last < first / 100, $"{first} -> {last}");
    }

    [Theory]
    [InlineData("cosine", 0, 0.1)]
    [InlineData("cosine", 9, 1)]
    [InlineData("trapezoid", 9, 1)]
    [InlineData("trapezoid", 79, 1)]
    [InlineData("trapezoid", 90, 0.5)]
    public void Scale_Schedules_RiseThenFall(string schedule, long step, double expected)
    {
        var config = new OptimiserConfig { Schedule = schedule, WarmupSteps = 10, DecaySteps = 20 };
        Assert.Equal(expected, config.Scale(step, 100), schedule == "cosine" ? 0.05 : 1e-9);
    }

    [Fact]
    public void Violations_OutOfRange_NameFieldAndValue()
    {
        var config = new OptimiserConfig { LearningRate = double.NaN, Schedule = "flat" };
        Assert.Contains(config.Violations(), v => v.StartsWith("learning_rate is NaN", StringComparison.Ordinal));
        Assert.Contains(config.Violations(), v => v.StartsWith("schedule is 'flat'", StringComparison.Ordinal));
    }
}
