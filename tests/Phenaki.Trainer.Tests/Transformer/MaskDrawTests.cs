using CsCheck;
using Phenaki.Trainer.Transformer;

namespace Phenaki.Trainer.Tests.Transformer;

public sealed class MaskDrawTests
{
    private const int Frame = 12;

    [Fact]
    public void Draw_ManySamples_DropsTheConfiguredPartOfTheTexts()
    {
        const double Drop = 0.1;
        const int Samples = 20_000;
        var masks = new MaskDraw(seed: 5, Frame, Drop);
        int dropped = Enumerable.Range(0, Samples).Count(i => masks.Draw(i / 50, i % 50, 1, 0).DropText);

        // Five standard deviations of a binomial count.
        Assert.InRange(dropped, (Samples * Drop) - (5 * Math.Sqrt(Samples * Drop * (1 - Drop))), (Samples * Drop) + (5 * Math.Sqrt(Samples * Drop * (1 - Drop))));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 100)]
    public void Draw_DropOfNoneOrAll_IsExact(double drop, int expected) =>
        Assert.Equal(expected, Enumerable.Range(0, 100).Count(i => new MaskDraw(1, Frame, drop).Draw(i, 0, 1, 0).DropText));

    [Fact]
    public void Draw_AnySample_MasksSomethingAndNeverThePrefix() =>
        Gen.Select(Gen.ULong, Gen.Long[0, 1_000_000], Gen.Int[0, 8191], Gen.Int[1, 6]).Sample((seed, step, row, latentFrames) =>
            Enumerable.Range(0, latentFrames).All(known =>
            {
                int[] masked = new MaskDraw(seed, Frame, 0.1).Draw(step, row, latentFrames, known).Masked;
                return masked.Length > 0 && masked[0] >= known * Frame && masked[^1] < latentFrames * Frame && masked.Distinct().Count() == masked.Length
                    && masked.SequenceEqual(masked.Order());
            }));

    [Fact]
    public void Draw_ManySamples_MasksTheCosinesMean()
    {
        // The mean of cos(pi/2 * u) over u in 0 to 1 is 2/pi.
        var masks = new MaskDraw(9, 100, 0);
        double mean = Enumerable.Range(0, 4000).Average(i => masks.Draw(i, 0, 1, 0).Masked.Length / 100.0);
        Assert.InRange(mean, (2 / Math.PI) - 0.02, (2 / Math.PI) + 0.02);
    }

    [Fact]
    public void Draw_SameStepAndRow_GivesTheSameMasks()
    {
        int[] once = new MaskDraw(3, Frame, 0.1).Draw(7, 8, 4, 1).Masked;
        Assert.Equal(once, new MaskDraw(3, Frame, 0.1).Draw(7, 8, 4, 1).Masked);
        Assert.NotEqual(once, new MaskDraw(3, Frame, 0.1).Draw(8, 8, 4, 1).Masked);
    }

    [Fact]
    public void DrawGuessing_AnySample_GuessesAndMasksNoMoreThanAllowedAndNeverThePrefix() =>
        Gen.Select(Gen.ULong, Gen.Long[0, 1_000_000], Gen.Int[0, 8191], Gen.Int[1, 6]).Sample((seed, step, row, latentFrames) =>
            Enumerable.Range(0, latentFrames).All(known =>
            {
                var guessing = new GuessingConfig { MostTokens = 0.75, MostMasked = 0.25 };
                int unknown = (latentFrames - known) * Frame;
                var example = new MaskDraw(seed, Frame, 0.1).DrawGuessing(step, row, latentFrames, known, guessing);
                return example.Known == known
                    && example.Guessed.Length is > 0 && example.Guessed.Length <= 0.75 * unknown && example.Guessed[0] >= known * Frame && example.Guessed[^1] < latentFrames * Frame
                    && example.Masked.Length is > 0 && example.Masked.Length <= 0.25 * unknown && example.Masked[0] >= known * Frame
                    && example.Guessed.SequenceEqual(example.Guessed.Distinct().Order());
            }));

    // Of few tokens both may be the same by chance.
    [Fact]
    public void DrawGuessing_ManyTokens_MasksOthersThanItGuesses()
    {
        var guessing = new GuessingConfig { MostTokens = 0.5, MostMasked = 0.5 };
        for (int row = 0; row < 100; row++)
        {
            var example = new MaskDraw(3, 100, 0).DrawGuessing(7, row, 6, 1, guessing);
            Assert.NotEqual(example.Guessed, example.Masked);
        }
    }

    [Fact]
    public void Guess_ManyTokens_NumbersAreEvenlySpreadAndTheirOwn()
    {
        var masks = new MaskDraw(3, Frame, 0.1);
        var numbers = Enumerable.Range(0, 1000).SelectMany(i => new[] { masks.Guess(7, i / 10, i % 10), masks.Guess(8, i / 10, i % 10) })
            .SelectMany(guess => new[] { guess.First, guess.Second, guess.Third }).ToList();
        Assert.InRange(numbers.Average(), 0.48, 0.52);
        Assert.True(numbers.Distinct().Count() > 0.99 * numbers.Count);
        Assert.Equal(new MaskDraw(3, Frame, 0.1).Guess(7, 8, 9), masks.Guess(7, 8, 9));
    }
}
