using System.Numerics.Tensors;

namespace Phenaki.Models.Masked;

/// <summary>
/// Parallel masked decoding (MaskGIT, arXiv 2202.04200, section 3.2) as a pure function: the network is passed in, the random numbers are keyed, nothing else is read.
/// </summary>
public static class MaskedDecoding
{
    private const int DrawBlock = 64;

    // Rows that a thread draws at a time: some hundred microseconds, so that it is worth waking another.
    private const int RowsOfAThread = 32;

    /// <summary>Gives the guided logits of a part of the tokens at masked positions. A step asks for the parts one after the other.</summary>
    /// <param name="tokens">All tokens; a masked one holds the codebook size.</param>
    /// <param name="masked">Positions to predict, ascending.</param>
    /// <param name="part">Part of the tokens to predict, from 0.</param>
    /// <param name="chosen">For each masked position the token as far as its earlier parts say: those that follow are 0.</param>
    /// <param name="logits">To fill: [masked positions, part size], row-major.</param>
    public delegate void Network(ReadOnlySpan<int> tokens, ReadOnlySpan<int> masked, int part, ReadOnlySpan<int> chosen, Span<float> logits);

    /// <summary>Decodes all masked tokens.</summary>
    /// <param name="tokens">All tokens; a masked one holds the codebook size. The others are known and never change.</param>
    /// <param name="code">Number of codes and their parts.</param>
    /// <param name="network">Predicts.</param>
    /// <param name="settings">Steps, temperatures.</param>
    /// <param name="noise">Random numbers.</param>
    public static void Decode(Span<int> tokens, ProductCode code, Network network, SamplingSettings settings, ClipNoise noise)
    {
        int[] masked = MaskedPositions(tokens, code.CodebookSize);
        var logits = new float[masked.Length * code.PartSize];
        int unknown = masked.Length;
        for (int step = 0; step < settings.Steps && masked.Length > 0; step++)
        {
            masked = Step(tokens, masked, code, network, logits, new StepOf(step, settings.Steps, unknown, step), settings, noise);
        }
    }

    /// <summary>Where a step stands.</summary>
    /// <param name="Index">Step, from 0.</param>
    /// <param name="Count">Steps in all.</param>
    /// <param name="Unknown">Tokens that were masked at the start.</param>
    /// <param name="NoiseStep">Number of the step in the key of the random numbers; differs from <paramref name="Index"/> where a clip is decoded in stages.</param>
    public readonly record struct StepOf(int Index, int Count, int Unknown, int NoiseStep);

    /// <summary>One step: samples every masked position, keeps the most confident and masks the rest again.</summary>
    /// <param name="tokens">All tokens; changed at masked positions alone.</param>
    /// <param name="masked">Masked positions, ascending.</param>
    /// <param name="code">Number of codes and their parts.</param>
    /// <param name="network">Predicts.</param>
    /// <param name="scratch">Room for logits: at least masked positions * part size.</param>
    /// <param name="step">Where the step stands.</param>
    /// <param name="settings">Temperatures.</param>
    /// <param name="noise">Random numbers.</param>
    /// <returns>Positions that are masked after the step, ascending.</returns>
    public static int[] Step(
        Span<int> tokens, int[] masked, ProductCode code, Network network, float[] scratch, StepOf step, SamplingSettings settings, ClipNoise noise)
    {
        var (chosen, logProbabilities) = Draw(tokens, masked, code, network, scratch, step.NoiseStep, settings.Temperature, noise);
        int remaining = MaskSchedule.MaskedAfter(step.Index, step.Count, step.Unknown, masked.Length);
        float shake = settings.ChoiceTemperature * (1 - ((step.Index + 1f) / step.Count));
        var confidence = new (float Value, int Position)[masked.Length];
        for (int row = 0; row < masked.Length; row++)
        {
            int position = masked[row];
            tokens[position] = chosen[row];
            float shaking = noise.At(step.NoiseStep, position).Confidence;
            confidence[row] = (logProbabilities[row] - (shake * MathF.Log(-MathF.Log(shaking))), position);
        }

        // Ties go by position, so that the order never depends on the sort.
        Array.Sort(confidence, static (a, b) => a.Value != b.Value ? a.Value.CompareTo(b.Value) : a.Position.CompareTo(b.Position));
        var again = new int[remaining];
        for (int i = 0; i < remaining; i++)
        {
            again[i] = confidence[i].Position;
            tokens[again[i]] = code.CodebookSize;
        }

        Array.Sort(again);
        return again;
    }

    // A part is drawn in the knowledge of the parts before it, so the parts of a token always fit together. Rows are drawn side by side: none depends on another.
    private static (int[] Chosen, float[] LogProbabilities) Draw(
        ReadOnlySpan<int> tokens, int[] masked, ProductCode code, Network network, float[] scratch, int noiseStep, float temperature, ClipNoise noise)
    {
        var chosen = new int[masked.Length];
        var logProbabilities = new float[masked.Length];
        int size = code.PartSize;
        for (int part = 0; part < code.Parts; part++)
        {
            int ofPart = part;
            network(tokens, masked, part, chosen, scratch.AsSpan(0, masked.Length * size));
            Parallel.For(0, (masked.Length + RowsOfAThread - 1) / RowsOfAThread, piece =>
            {
                int end = Math.Min(masked.Length, (piece + 1) * RowsOfAThread);
                for (int row = piece * RowsOfAThread; row < end; row++)
                {
                    var (digit, logProbability) = Sample(scratch.AsSpan(row * size, size), temperature, noise.Token(noiseStep, masked[row], ofPart));
                    chosen[row] += digit * code.Stride(ofPart);
                    logProbabilities[row] += logProbability;
                }
            });
        }

        return (chosen, logProbabilities);
    }

    /// <summary>Positions that hold <paramref name="maskToken"/>, ascending.</summary>
    public static int[] MaskedPositions(ReadOnlySpan<int> tokens, int maskToken)
    {
        var positions = new List<int>(tokens.Length);
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] == maskToken)
            {
                positions.Add(i);
            }
        }

        return [.. positions];
    }

    /// <summary>
    /// Draws from softmax(logits / temperature) by inverting the cumulative distribution: the same distribution as the Gumbel maximum at one random
    /// number instead of one for each code.
    /// </summary>
    /// <param name="logits">One row; overwritten with unnormalised probabilities.</param>
    /// <param name="temperature">0 takes the largest logit.</param>
    /// <param name="uniform">In (0, 1).</param>
    /// <returns>The token and the logarithm of its probability.</returns>
    internal static (int Token, float LogProbability) Sample(Span<float> logits, float temperature, float uniform)
    {
        int best = TensorPrimitives.IndexOfMax(logits);
        TensorPrimitives.Subtract(logits, logits[best], logits);
        if (temperature > 0 && temperature != 1)
        {
            TensorPrimitives.Multiply(logits, 1 / temperature, logits);
        }

        TensorPrimitives.Exp(logits, logits);
        float sum = 0;
        for (int start = 0; start < logits.Length; start += DrawBlock)
        {
            sum += TensorPrimitives.Sum<float>(logits[start..Math.Min(start + DrawBlock, logits.Length)]);
        }

        if (temperature <= 0)
        {
            return (best, -MathF.Log(sum));
        }

        int chosen = Invert(logits, uniform * sum);

        // Where rounding leaves the sum below the target, the likeliest code is the answer.
        chosen = chosen < 0 ? best : chosen;
        return (chosen, MathF.Log(logits[chosen]) - MathF.Log(sum));
    }

    // The first possible code at which the sum of all so far reaches the target; -1 where none does. Whole blocks are passed by their sums.
    private static int Invert(ReadOnlySpan<float> weights, float target)
    {
        float passed = 0;
        for (int start = 0; start < weights.Length; start += DrawBlock)
        {
            var block = weights[start..Math.Min(start + DrawBlock, weights.Length)];
            float after = passed + TensorPrimitives.Sum(block);
            if (after < target)
            {
                passed = after;
                continue;
            }

            int last = -1;
            for (int code = 0; code < block.Length; code++)
            {
                if (block[code] > 0)
                {
                    passed += block[code];
                    last = code;
                    if (passed >= target)
                    {
                        break;
                    }
                }
            }

            if (last >= 0)
            {
                return start + last;
            }
        }

        return -1;
    }
}
