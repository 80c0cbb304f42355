using Phenaki.Trainer.Training;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Phenaki.Trainer.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class AverageWeightsTests
{
    [Fact]
    public void Show_AfterUpdates_GivesTheMeanAndThenTheWeightsAgain()
    {
        using var weight = new Parameter(tensor([1f, -2f]));
        using var average = new AverageWeights([("weight", weight)], 0.5);
        double[] expected = [1, -2];
        for (int step = 0; step < 20; step++)
        {
            Set(weight, [step, step * step]);
            average.Update(step);
            double decay = Math.Min(0.5, (1.0 + step) / (10 + step));
            expected = [(decay * expected[0]) + ((1 - decay) * step), (decay * expected[1]) + ((1 - decay) * step * step)];
        }

        using (average.Show())
        {
            Assert.Equal(expected[0], weight[0].item<float>(), 1e-4);
            Assert.Equal(expected[1], weight[1].item<float>(), 1e-3);
        }

        Assert.Equal([19f, 361f], weight.data<float>().ToArray());
    }

    [Fact(Timeout = 120_000)]
    public async Task ExportAsync_WithAnAverage_ShowsTheAverageAndGoesOnWithTheWeights()
    {
        var config = TinyTraining.Tokenizer with { EmaDecay = 0.9 };
        Dictionary<string, float[]>? shown = null;
        using var trainer = TinyTraining.Train(config, (network, _, _) =>
        {
            shown = TinyTraining.Values(network.state_dict().Select(entry => (entry.Key, entry.Value)));
            return Task.CompletedTask;
        });
        for (long step = 0; step < 4; step++)
        {
            await TinyTraining.StepAsync(trainer, step);
        }

        var before = TinyTraining.Values(trainer.State);
        await trainer.ExportAsync(4, TestContext.Current.CancellationToken);
        Assert.Equal(before, TinyTraining.Values(trainer.State));
        Assert.Equal(before["average.to_code.weight"], shown!["to_code.weight"]);
        Assert.NotEqual(before["network.to_code.weight"], shown["to_code.weight"]);

        // The codebook is a mean already.
        Assert.Equal(before["network.quantizer.codebook"], shown["quantizer.codebook"]);
    }

    private static void Set(Parameter weight, float[] values)
    {
        using var _ = no_grad();
        using var to = tensor(values);
        weight.copy_(to);
    }
}
