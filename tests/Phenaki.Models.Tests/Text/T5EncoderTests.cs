using Phenaki.Models.Text;
using TorchSharp;

namespace Phenaki.Models.Tests.Text;

public sealed class T5EncoderTests
{
    // Heads times their width is not the model's width; buckets and distance are small, so that every branch of the bias is met.
    private static readonly T5Config Odd = new()
    {
        VocabSize = 30,
        DModel = 6,
        DKv = 5,
        NumHeads = 3,
        DFf = 7,
        NumLayers = 3,
        RelativeAttentionNumBuckets = 10,
        RelativeAttentionMaxDistance = 11,
        DropoutRate = 0,
    };

    private static readonly int[] Tokens = [3, 7, 7, 29, 0, 4, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 2, 1];

    public T5EncoderTests() => TorchRuntime.EnsureLoaded();

    public static TheoryData<string, bool, string> Activations => new()
    {
        { "relu", false, "relu" },
        { "gated-relu", true, "relu" },
        { "gated-gelu", true, "tanh" },
        { "gelu_new", false, "tanh" },
        { "gated-silu", true, "silu" },
        { "swish", false, "silu" },
    };

    [Theory]
    [MemberData(nameof(Activations))]
    public void Forward_EveryFeedForward_AgreesWithLoopsOverDoubles(string projection, bool gated, string activation)
    {
        var config = Odd with { FeedForwardProj = projection };
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        using var encoder = Create(config);
        var weights = encoder.named_parameters().ToDictionary(p => p.name, p => Array.ConvertAll(p.parameter.data<float>().ToArray(), v => (double)v));
        Func<double, double> scalar = activation switch
        {
            "relu" => x => Math.Max(0, x),
            "silu" => x => x / (1 + Math.Exp(-x)),
            _ => x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        };

        var expected = new ScalarT5(config, gated, scalar, weights).Encode(Tokens).SelectMany(row => row);
        var actual = encoder.call(Ids(Tokens), torch.ones([1, Tokens.Length], torch.ScalarType.Bool)).data<float>().ToArray();

        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    [Fact]
    public void Forward_Padding_ChangesNothingForTheTokens()
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        using var encoder = Create(Odd);
        var alone = encoder.call(Ids(Tokens[..5]), torch.ones([1, 5], torch.ScalarType.Bool));
        var mask = Number.Range(Tokens.Length, torch.CPU).lt(torch.tensor([5L, Tokens.Length]).unsqueeze(1));

        var padded = encoder.call(torch.cat([Ids(Tokens), Ids(Tokens)]), mask);

        Assert.True(torch.allclose(alone[0], padded[0, ..5], atol: 1e-5));
        Assert.False(torch.allclose(padded[1, ..5], padded[0, ..5], atol: 1e-3));
        Assert.True(padded.isfinite().all().item<bool>());
    }

    [Fact(Timeout = 120_000)]
    public async Task Forward_WhileGarbageIsCollected_GivesTheSameRows()
    {
        using var encoder = Create(Odd);
        float[] calm = Rows();
        await using var storm = GarbageStorm.Begin();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(calm, Rows());
        }

        float[] Rows()
        {
            using var scope = torch.NewDisposeScope();
            using var noGradient = torch.no_grad();
            return encoder.call(Ids(Tokens), torch.ones([1, Tokens.Length], torch.ScalarType.Bool)).data<float>().ToArray();
        }
    }

    [Fact]
    public void Forward_RowOfPaddingAlone_StaysFinite()
    {
        using var scope = torch.NewDisposeScope();
        using var encoder = Create(Odd);

        Assert.True(encoder.call(Ids(Tokens), torch.zeros([1, Tokens.Length], torch.ScalarType.Bool)).isfinite().all().item<bool>());
    }

    [Fact]
    public void Backward_AfterInference_ReachesEveryParameter()
    {
        using var scope = torch.NewDisposeScope();
        using var encoder = Create(Odd with { DropoutRate = 0.1 });
        var mask = torch.ones([1, Tokens.Length], torch.ScalarType.Bool);
        using (torch.inference_mode())
        {
            encoder.call(Ids(Tokens), mask);
        }

        encoder.train();
        encoder.call(Ids(Tokens), mask).Squared().sum().backward();

        Assert.All(encoder.named_parameters(), p => Assert.True(p.parameter.grad is { } grad && grad.abs().sum().item<float>() > 0, p.name));
    }

    [Fact]
    public void Forward_InTraining_DropsAndInEvaluationDoesNot()
    {
        using var scope = torch.NewDisposeScope();
        using var encoder = Create(Odd with { DropoutRate = 0.5 });
        var (ids, mask) = (Ids(Tokens), torch.ones([1, Tokens.Length], torch.ScalarType.Bool));

        encoder.train();
        Assert.False(torch.allclose(encoder.call(ids, mask), encoder.call(ids, mask)));
        encoder.eval();
        Assert.Equal(Values(encoder.call(ids, mask)), Values(encoder.call(ids, mask)));
    }

    [Fact]
    public void Constructor_SameSeed_DrawsTheSpreadOfT5()
    {
        var config = new T5Config { VocabSize = 2000, DModel = 64, DKv = 16, NumHeads = 8, DFf = 256, NumLayers = 1, FeedForwardProj = "gated-gelu" };
        using var scope = torch.NewDisposeScope();
        using var encoder = Create(config);
        using var again = Create(config);

        Assert.All(encoder.parameters().Zip(again.parameters()), pair => Assert.Equal(Values(pair.First), Values(pair.Second)));
        foreach (var (name, expected) in new Dictionary<string, double>
        {
            ["shared.weight"] = 1,
            ["encoder.block.0.layer.0.SelfAttention.q.weight"] = 1 / Math.Sqrt(64 * 16),
            ["encoder.block.0.layer.0.SelfAttention.k.weight"] = 1 / Math.Sqrt(64),
            ["encoder.block.0.layer.0.SelfAttention.o.weight"] = 1 / Math.Sqrt(8 * 16),
            ["encoder.block.0.layer.1.DenseReluDense.wi_1.weight"] = 1 / Math.Sqrt(64),
            ["encoder.block.0.layer.1.DenseReluDense.wo.weight"] = 1 / Math.Sqrt(256),
        })
        {
            Assert.Equal(expected, encoder.get_parameter(name)!.std().item<float>(), expected * 0.05);
        }
    }

    // Sizes as published with google/t5-v1_1-*; the encoder's parameters counted from them by hand: vocabulary x d + layers x
    // (4 d x inner + 3 d x ff + 2 d) + 32 x heads + d.
    [Theory]
    [InlineData(512, 64, 1024, 6, 8, 35_332_800)]
    [InlineData(768, 64, 2048, 12, 12, 109_628_544)]
    [InlineData(4096, 64, 10240, 64, 24, 4_762_310_656)]
    public void Constructor_PublishedSizes_HasTheirParameters(int width, int headWidth, int inner, int heads, int layers, long expected)
    {
        var config = new T5Config { DModel = width, DKv = headWidth, DFf = inner, NumHeads = heads, NumLayers = layers, FeedForwardProj = "gated-gelu" };
        using var encoder = new T5Encoder(config, device: torch.device(DeviceType.META));

        Assert.Equal(expected, encoder.parameters().Sum(p => p.numel()));
        Assert.Equal((layers * 9) + 3, encoder.named_parameters().Count());
        Assert.Equal([width], encoder.get_parameter($"encoder.block.{layers - 1}.layer.1.layer_norm.weight")!.shape);
    }

    [Fact]
    public void Constructor_BadSizes_NamesEveryKey()
    {
        var error = Assert.Throws<ArgumentException>(() => new T5Encoder(Odd with { DModel = 0, RelativeAttentionNumBuckets = 7, FeedForwardProj = "gated-sine" }));

        Assert.Contains("d_model must be 1 to", error.Message, StringComparison.Ordinal);
        Assert.Contains("relative_attention_num_buckets must be even, found 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("found 'sine'", error.Message, StringComparison.Ordinal);
    }

    private static T5Encoder Create(T5Config config)
    {
        using var generator = new torch.Generator(7);
        return new T5Encoder(config, generator);
    }

    private static float[] Values(torch.Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    private static torch.Tensor Ids(int[] tokens) => torch.tensor(Array.ConvertAll(tokens, id => (long)id)).unsqueeze(0);
}
