using CsCheck;
using Phenaki.Models.Masked;

namespace Phenaki.Models.Tests.Masked;

public sealed class MaskedDecodingTests
{
    private const int Codebook = 16;
    private static readonly ProductCode Whole = new(Codebook, 1);
    private static readonly ProductCode Halves = new(Codebook, 2);

    private static readonly Gen<(int[] Tokens, SamplingSettings Settings, ClipNoise Noise)> Cases =
        from tokens in Gen.Int[0, 2 * Codebook].Select(t => Math.Min(t, Codebook)).Array[1, 96]
        from steps in Gen.Int[1, 24]
        from temperature in Gen.OneOf(Gen.Const(0f), Gen.Float[0.1f, 8f])
        from choice in Gen.Float[0f, 10f]
        from seed in Gen.ULong
        select (tokens, new SamplingSettings { Steps = steps, Temperature = temperature, ChoiceTemperature = choice }, new ClipNoise(seed, 1, 2));

    [Fact]
    public void MaskedAfter_AnySchedule_FallsToZeroAndNeverStalls() =>
        Gen.Select(Gen.Int[1, 256], Gen.Int[1, 2000]).Sample((steps, unknown) =>
        {
            int masked = unknown;
            for (int step = 0; step < steps && masked > 0; step++)
            {
                int after = MaskSchedule.MaskedAfter(step, steps, unknown, masked);
                if (after >= masked || after < 0 || (step == steps - 1 && after != 0))
                {
                    return false;
                }

                masked = after;
            }

            return masked == 0;
        });

    [Fact]
    public void MaskedAfter_TwelveStepsOf320_IsTheCosineOfThePaper()
    {
        // floor(cos(pi/2 * (s+1)/12) * 320), computed by hand with bc.
        int[] expected = [317, 309, 295, 277, 253, 226, 194, 160, 122, 82, 41, 0];
        int masked = 320;
        for (int step = 0; step < 12; step++)
        {
            masked = MaskSchedule.MaskedAfter(step, 12, 320, masked);
            Assert.Equal(expected[step], masked);
        }
    }

    [Fact]
    public void Decode_AnyTokens_FillsMasksAndLeavesKnownTokensAlone() => Cases.Sample(c =>
    {
        int[] before = [.. c.Tokens];
        int[] tokens = [.. c.Tokens];
        MaskedDecoding.Decode(tokens, c.Settings.Steps % 2 == 0 ? Whole : Halves, Network(before), c.Settings, c.Noise);
        return tokens.Zip(before).All(pair => pair.First is >= 0 and < Codebook && (pair.Second == Codebook || pair.First == pair.Second));
    });

    [Fact]
    public void Decode_Network_IsAskedForMaskedPositionsAlone() => Cases.Sample(c =>
    {
        bool right = true;
        int[] tokens = [.. c.Tokens];
        var inner = Network(tokens);
        MaskedDecoding.Decode(
            tokens,
            Halves,
            (now, masked, part, chosen, logits) =>
            {
                int[] expected = MaskedDecoding.MaskedPositions(now, Codebook);
                right &= masked.SequenceEqual(expected) && logits.Length == expected.Length * Halves.PartSize;
                inner(now, masked, part, chosen, logits);
            },
            c.Settings,
            c.Noise);
        return right;
    });

    [Fact]
    public void Decode_SameSeed_GivesSameTokensAndAnotherSeedOthers()
    {
        int[] Run(ulong seed)
        {
            int[] tokens = [.. Enumerable.Repeat(Codebook, 64)];
            MaskedDecoding.Decode(tokens, Whole, Network(tokens), new SamplingSettings { Steps = 8 }, new ClipNoise(seed, 0, 0));
            return tokens;
        }

        Assert.Equal(Run(7), Run(7));
        Assert.NotEqual(Run(7), Run(8));
    }

    [Fact]
    public void Sample_ZeroTemperature_TakesTheLargestLogit() =>
        Gen.Float[-10f, 10f].Array[2, 50].Sample(logits =>
        {
            int best = Array.IndexOf(logits, logits.Max());
            return MaskedDecoding.Sample([.. logits], 0, 0.99f).Token == best;
        });

    [Fact]
    public void Sample_ManyDraws_FollowTheSoftmax()
    {
        float[] logits = [1f, 0f, 2f, -1f];
        const float Temperature = 0.7f;
        double[] expected = [.. logits.Select(l => Math.Exp(l / Temperature))];
        double sum = expected.Sum();
        const int Draws = 40_000;
        var counts = new int[logits.Length];
        for (int i = 0; i < Draws; i++)
        {
            var (token, logProbability) = MaskedDecoding.Sample([.. logits], Temperature, new ClipNoise(3, 0, 0).At(0, i).Token);
            counts[token]++;
            Assert.Equal(Math.Log(expected[token] / sum), logProbability, 4);
        }

        // Five standard deviations of a binomial count.
        for (int code = 0; code < logits.Length; code++)
        {
            double p = expected[code] / sum;
            Assert.InRange(counts[code], (Draws * p) - (5 * Math.Sqrt(Draws * p * (1 - p))), (Draws * p) + (5 * Math.Sqrt(Draws * p * (1 - p))));
        }
    }

    [Fact]
    public void Step_NoChoiceNoise_MasksTheLeastConfidentAgain()
    {
        // Position i is the surer the larger i is.
        const int Count = 12;
        int[] tokens = [.. Enumerable.Repeat(Codebook, Count)];
        MaskedDecoding.Network network = (_, masked, _, _, logits) =>
        {
            logits.Clear();
            for (int i = 0; i < masked.Length; i++)
            {
                logits[(i * Codebook) + 3] = masked[i];
            }
        };
        var settings = new SamplingSettings { Steps = 4, Temperature = 0, ChoiceTemperature = 0 };
        int[] again = MaskedDecoding.Step(tokens, [.. Enumerable.Range(0, Count)], Whole, network, new float[Count * Codebook], new(0, 4, Count, 0), settings, new ClipNoise(1, 0, 0));
        Assert.Equal(MaskSchedule.MaskedAfter(0, 4, Count, Count), again.Length);
        Assert.Equal(Enumerable.Range(0, again.Length), again);
    }

    [Fact]
    public void Step_TwoParts_DrawsTheSecondInTheKnowledgeOfTheFirst()
    {
        // The second part must be the first plus one: drawn independently, three of four tokens would break that.
        const int Count = 200;
        int[] tokens = [.. Enumerable.Repeat(Codebook, Count)];
        MaskedDecoding.Network network = (_, masked, part, chosen, logits) =>
        {
            logits.Clear();
            for (int row = 0; part == 1 && row < masked.Length; row++)
            {
                logits[(row * 4) + ((chosen[row] + 1) % 4)] = 100;
            }
        };
        MaskedDecoding.Decode(tokens, Halves, network, new SamplingSettings { Steps = 5 }, new ClipNoise(1, 0, 0));
        Assert.All(tokens, token => Assert.Equal(((token % 4) + 1) % 4, token / 4));
        Assert.Equal(4, tokens.Distinct().Count());
    }

    // A pure function of tokens, positions and what is chosen.
    private static MaskedDecoding.Network Network(int[] salt) => (tokens, masked, part, chosen, logits) =>
    {
        int known = MaskedDecoding.MaskedPositions(tokens, Codebook).Length + salt.Length;
        int size = logits.Length / masked.Length;
        for (int row = 0; row < masked.Length; row++)
        {
            for (int digit = 0; digit < size; digit++)
            {
                logits[(row * size) + digit] = MathF.Sin((masked[row] * 31) + (digit * 7) + known + part + chosen[row]);
            }
        }
    };
}
