using Phenaki.Models.Blocks;
using static TorchSharp.torch;

namespace Phenaki.Models.Tests.Blocks;

public sealed class CrossAttentionTests
{
    private const int Width = 16;
    private const int Heads = 2;
    private const int HeadWidth = Width / Heads;
    private const int TextWidth = 5;
    private const int Rows = 7;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 0)]
    [InlineData(9, 4)]
    public void Forward_TextOfAnyLength_EqualsAttentionByTheBook(int length, int padding)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var generator = manual_seed(length);
        using var attention = new CrossAttention(Width, TextWidth, Heads, 1, CPU);
        var (x, text) = (randn(2, Rows, Width), randn(2, length, TextWidth));
        var bias = zeros(2, 1, 1, length);
        bias[1].narrow(-1, length - padding, padding).fill_(Number.Of(float.NegativeInfinity));

        var (keys, values) = attention.Project(text);
        var actual = attention.forward(x, keys, values, bias);

        Assert.Equal(length <= HeadWidth / 2 ? 3 : 4, keys.dim());
        for (int batch = 0; batch < 2; batch++)
        {
            var expected = ByTheBook(attention, x[batch], text[batch], length - (batch * padding));
            Assert.Equal(expected, actual[batch].contiguous().data<float>().Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-5);
        }
    }

    // softmax(q k / sqrt(d)) v, a number at a time.
    private static double[] ByTheBook(CrossAttention attention, Tensor x, Tensor text, int length)
    {
        var weights = attention.state_dict();
        var (query, both) = (Product(x, weights["query.weight"]), Product(text, weights["key_value.weight"]));
        var joined = new double[Rows, Width];
        for (int row = 0; row < Rows; row++)
        {
            for (int head = 0; head < Heads; head++)
            {
                int start = head * HeadWidth;
                double[] scores =
                    [.. Enumerable.Range(0, length).Select(at => Math.Exp(Enumerable.Range(start, HeadWidth).Sum(i => query[row, i] * both[at, i]) / Math.Sqrt(HeadWidth)))];
                for (int i = start; i < start + HeadWidth; i++)
                {
                    joined[row, i] = Enumerable.Range(0, length).Sum(at => scores[at] * both[at, Width + i]) / scores.Sum();
                }
            }
        }

        var output = weights["output.weight"].contiguous().data<float>().ToArray();
        return
        [
            .. from row in Enumerable.Range(0, Rows)
               from to in Enumerable.Range(0, Width)
               select Enumerable.Range(0, Width).Sum(i => joined[row, i] * output[(to * Width) + i]),
        ];
    }

    private static double[,] Product(Tensor rows, Tensor weights)
    {
        var (count, inputs, outputs) = ((int)rows.shape[0], (int)rows.shape[1], (int)weights.shape[0]);
        var (left, right) = (rows.contiguous().data<float>().ToArray(), weights.contiguous().data<float>().ToArray());
        var product = new double[count, outputs];
        for (int row = 0; row < count; row++)
        {
            for (int to = 0; to < outputs; to++)
            {
                product[row, to] = Enumerable.Range(0, inputs).Sum(i => (double)left[(row * inputs) + i] * right[(to * inputs) + i]);
            }
        }

        return product;
    }
}
