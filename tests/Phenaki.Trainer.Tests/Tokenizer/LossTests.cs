using Phenaki.Models;
using Phenaki.Trainer.Judging;
using Phenaki.Trainer.Optimisation;
using Phenaki.Trainer.Tests.Training;
using Phenaki.Trainer.Tokenizer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tests.Tokenizer;

[Collection(OneAtATime.Name)]
public sealed class LossTests
{
    [Theory]
    [InlineData(11)]
    [InlineData(1)]
    public void Perceptual_TheSameFramesAndBlurredOnes_IsNothingAndSomething(int frames)
    {
        using var scope = NewDisposeScope();
        using var loss = new PerceptualLoss(Judge.ShippedFolder, CPU);
        using var generator = new Generator(1, CPU);
        var real = rand([2, frames, 32, 32, 3], generator: generator) - Number.Of(0.5f);
        var blurred = nn.functional.interpolate(
            nn.functional.interpolate(real.flatten(0, 1).permute(0, 3, 1, 2), [8, 8], mode: InterpolationMode.Area), [32, 32], mode: InterpolationMode.Nearest)
            .permute(0, 2, 3, 1).view(real.shape).detach().requires_grad_();
        Assert.Equal(0, loss.Of(real, real).item<float>());
        var distance = loss.Of(real, blurred);
        Assert.True(distance.item<float>() > 0.01);
        distance.backward();
        Assert.True(blurred.grad!.abs().sum().item<float>() > 0);
    }

    [Fact(Timeout = 60_000)]
    public void Adversarial_FramesThatDiffer_AreToldApartAndFoolingFollowsTheVerdict()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var loss = new AdversarialLoss(8, new OptimiserConfig { AdamLearningRate = 0.005, WarmupSteps = 0 }, CPU);
        using var generator = new Generator(1, CPU);
        var made = (rand([4, 1, 16, 16, 3], generator: generator) - Number.Of(0.5f)).requires_grad_();
        var real = made.detach().Plus(Number.Of(0.8f));
        double first = loss.Learn(real, made, 1).item<float>();
        loss.Step(0, 100);
        double last = first;
        for (int step = 1; step < 60; step++)
        {
            last = loss.Learn(real, made, 1).item<float>();
            loss.Step(step, 100);
        }

        Assert.True(last < first / 4, $"{first} to {last}");
        Assert.Null(made.grad);
        var fooled = loss.Fool(made);
        fooled.backward();
        Assert.True(fooled.item<float>() > 0.5);
        Assert.True(made.grad!.abs().sum().item<float>() > 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokenizer_WithBothLosses_MovesEveryPart()
    {
        var config = TinyTraining.Tokenizer with { PerceptualWeight = 1, AdversarialWeight = 0.1, AdversarialFromStep = 0, DiscriminatorChannels = 4 };
        using var trainer = TinyTraining.Train(config);
        var before = TinyTraining.Values(trainer.State);
        var figures = await TinyTraining.StepAsync(trainer, 0);
        var after = TinyTraining.Values(trainer.State);
        Assert.InRange(figures["discriminator"], 1, 3);
        Assert.NotEqual(before["discriminator.verdict.weight"], after["discriminator.verdict.weight"]);
        Assert.NotEqual(before["network.to_code.weight"], after["network.to_code.weight"]);
    }
}
