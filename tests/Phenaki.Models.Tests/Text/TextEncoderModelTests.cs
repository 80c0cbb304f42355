using Phenaki.Models.Safetensors;
using Phenaki.Models.Text;
using Phenaki.Testing;
using TorchSharp;

namespace Phenaki.Models.Tests.Text;

public sealed class TextEncoderModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TextEncoderModel _model = TextEncoderModel.Load(T5Fixture.Folder, ComputeDevice.Cpu);

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Encode_EveryCaseOfTheFixture_IsReproduced()
    {
        foreach (var expected in T5Fixture.Cases)
        {
            var actual = Assert.Single(_model.Encode([expected.Text], _model.MaxTokens));

            Assert.Equal(expected.Ids, actual.TokenIds);
            Assert.False(actual.Truncated);
            Assert.Equal(expected.Ids.Length * _model.Width, actual.Values.Length);
            for (var row = 0; row < expected.Ids.Length; row++)
            {
                var values = actual.Values.AsSpan(row * _model.Width, _model.Width).ToArray();
                Assert.All(expected.EmbeddingFirst8[row].Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
                Assert.Equal(expected.RowNorms[row], Math.Sqrt(values.Sum(v => (double)v * v)), 1e-4);
            }
        }
    }

    [Fact]
    public void Encode_WithNeighbours_GivesTheSameBits()
    {
        var texts = T5Fixture.Cases.Select(c => c.Text).ToArray();
        using var fresh = TextEncoderModel.Load(T5Fixture.Folder, ComputeDevice.Cpu);

        // One model has seen the longest text before, so its table of biases is larger.
        var together = _model.Encode([.. texts.Reverse()], _model.MaxTokens).Reverse().ToArray();

        for (var index = 0; index < 6; index++)
        {
            Assert.Equal(together[index].Values, fresh.Encode([texts[index]], _model.MaxTokens)[0].Values);
        }
    }

    [Fact]
    public void Load_Shards_GivesTheSameBits()
    {
        T5Fixture.CopySharded(_folder.Of("sharded"));

        AssertEncodesAlike(_folder.Of("sharded"), 0);
    }

    [Theory]
    [InlineData(torch.ScalarType.Float16, 0.02)]
    [InlineData(torch.ScalarType.BFloat16, 0.15)]
    public void Load_HalfPrecision_GivesTheSameWithinItsPrecision(torch.ScalarType type, double tolerance)
    {
        T5Fixture.Copy(_folder.Of("half"), tensors => tensors.Select(pair => WritableTensor.From(pair.Key, pair.Value, type)));

        AssertEncodesAlike(_folder.Of("half"), tolerance);
    }

    [Fact]
    public void Load_FullCheckpoint_LeavesTheDecoderAlone()
    {
        T5Fixture.Copy(_folder.Of("full"), tensors => [
            .. tensors.Select(pair => WritableTensor.From(pair.Key, pair.Value)),
            WritableTensor.From("encoder.embed_tokens.weight", tensors["shared.weight"]),
            WritableTensor.From("decoder.embed_tokens.weight", tensors["shared.weight"]),
            WritableTensor.From("decoder.block.0.layer.1.EncDecAttention.q.weight", tensors["encoder.block.0.layer.0.SelfAttention.q.weight"]),
            WritableTensor.From("lm_head.weight", tensors["shared.weight"])]);

        AssertEncodesAlike(_folder.Of("full"), 0);
    }

    [Fact]
    public void Load_EmbeddingUnderItsOtherName_IsTaken()
    {
        T5Fixture.Copy(_folder.Of("alias"), tensors => tensors.Select(pair =>
            WritableTensor.From(pair.Key == "shared.weight" ? "encoder.embed_tokens.weight" : pair.Key, pair.Value)));

        AssertEncodesAlike(_folder.Of("alias"), 0);
    }

    [Fact]
    public void Encode_LongText_KeepsTheFirstTokensAndEndOfSentence()
    {
        var expected = T5Fixture.Cases[0];

        var actual = _model.Encode([expected.Text], 10)[0];

        Assert.Equal([.. expected.Ids.Take(9), 1], actual.TokenIds);
        Assert.True(actual.Truncated);
        Assert.Equal([1], _model.Encode([expected.Text], 1)[0].TokenIds);
        Assert.False(_model.Encode([expected.Text], expected.Ids.Length)[0].Truncated);
        Assert.Throws<ArgumentOutOfRangeException>(() => _model.Encode(["a"], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _model.Encode(["a"], _model.MaxTokens + 1));
    }

    [Theory]
    [InlineData("Hello 🐼🐼 world", new[] { "🐼🐼" })]
    [InlineData("The teddy bear goes under water.", new string[0])]
    [InlineData("写好剧本直接出片", new[] { "写好剧本直接出片" })]
    [InlineData("a “写” bear, (写) 🐼 写!", new[] { "写", "🐼" })]
    [InlineData("", new string[0])]
    public void Encode_UnknownPieces_AreReportedAsWords(string text, string[] expected) =>
        Assert.Equal(expected, _model.Encode([text], _model.MaxTokens)[0].UnknownWords);

    [Fact]
    public void Encode_OverAndOver_LeavesNoTensorAlive()
    {
        var texts = T5Fixture.Cases.Take(3).Select(c => c.Text).ToArray();
        _model.Encode(texts, _model.MaxTokens);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        for (var round = 0; round < 20; round++)
        {
            _model.Encode(texts, _model.MaxTokens);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Load_ThenDispose_LeavesNoTensorAlive()
    {
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        using (var model = TextEncoderModel.Load(T5Fixture.Folder, ComputeDevice.Cpu))
        {
            model.Encode(["one text"], 16);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Identity_OfTheFixture_CountsTheParameters()
    {
        using var file = SafetensorsFile.Open(Path.Combine(T5Fixture.Folder, "model.safetensors"));

        Assert.Equal(file.Tensors.Values.Sum(tensor => tensor.ElementCount), _model.Identity.Parameters);
        Assert.Equal("t5-tiny-gated", _model.Identity.Name);
        Assert.Matches("^[0-9a-f]{64}$", _model.Identity.Fingerprint);
    }

    private void AssertEncodesAlike(string folder, double tolerance)
    {
        using var other = TextEncoderModel.Load(folder, ComputeDevice.Cpu);
        var texts = T5Fixture.Cases.Take(6).Select(c => c.Text).ToArray();

        foreach (var (expected, actual) in _model.Encode(texts, _model.MaxTokens).Zip(other.Encode(texts, _model.MaxTokens)))
        {
            Assert.Equal(expected.TokenIds, actual.TokenIds);
            Assert.All(expected.Values.Zip(actual.Values), pair => Assert.Equal(pair.First, pair.Second, (float)tolerance));
        }
    }
}
