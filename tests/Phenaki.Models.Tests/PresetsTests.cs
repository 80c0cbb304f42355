using Phenaki.Models.Masked;
using Phenaki.Models.Video;
using TorchSharp;
using static TorchSharp.torch;

namespace Phenaki.Models.Tests;

/// <summary>Builds the paper's sizes on the meta device: shapes without memory.</summary>
public sealed class PresetsTests
{
    private static readonly Device Meta = new(DeviceType.META);

    [Theory]
    [InlineData("phenaki-1.8b", 1.8e9, 24)]
    [InlineData("phenaki-0.9b", 0.9e9, 20)]
    public void MaskedTransformer_PaperPreset_HasThePapersParameters(string name, double parameters, int layers)
    {
        var config = Presets.MaskedTransformers[name];
        Assert.Empty(config.Violations());
        Assert.Equal(layers, config.Layers);
        using var network = new MaskedTransformerNetwork(config, Meta);
        long count = network.parameters().Sum(p => p.numel());

        // Table 7 gives two digits.
        Assert.InRange(count / parameters, 0.97, 1.04);
        Assert.All(network.parameters(), p => Assert.Equal(DeviceType.META, p.device_type));
    }

    [Fact]
    public void VideoTokenizer_PaperPreset_HasThePapersShapes()
    {
        var config = Presets.VideoTokenizers["c-vivit-128"];
        Assert.Empty(config.Violations());
        using var network = new VideoTokenizerNetwork(config, Meta);
        var shapes = network.named_parameters().ToDictionary(p => p.name, p => string.Join('x', p.parameter.shape));

        // Table 6: 16 layers of width 512 and hidden width 2048, a codebook of 8192 codes of 32 numbers, about 50 million parameters.
        Assert.Equal("8192x32", shapes["quantizer.codebook"]);
        Assert.Equal("512x192", shapes["embed_first.weight"]);
        Assert.Equal("512x384", shapes["embed_later.weight"]);
        Assert.Equal("192x512", shapes["pixels_first.weight"]);
        Assert.Equal("384x512", shapes["pixels_later.weight"]);
        Assert.Equal("256x512", shapes["encoder_position"]);
        Assert.InRange(network.parameters().Sum(p => p.numel()) / 50e6, 0.97, 1.06);
        Assert.Equal(16, shapes.Count(s => s.Key.EndsWith("feed_forward.up.weight", StringComparison.Ordinal) && s.Value == "2048x512"));
    }

    [Fact]
    public void VideoTokenizer_PaperPreset_HasTheseTensorsAndNoOthers()
    {
        using var network = new VideoTokenizerNetwork(Presets.VideoTokenizers["c-vivit-128"], Meta);
        string[] layer = ["attention.output.weight", "attention.qkv.weight", "attention_norm.bias", "attention_norm.weight", "feed_forward.down.weight", "feed_forward.up.weight", "feed_forward_norm.bias", "feed_forward_norm.weight"];
        var expected = new List<string>
        {
            "embed_first.weight", "embed_first.bias", "embed_later.weight", "embed_later.bias", "encoder_position", "encoder_norm.weight", "encoder_norm.bias",
            "to_code.weight", "to_code.bias", "quantizer.codebook", "from_code.weight", "from_code.bias", "decoder_position", "decoder_norm.weight", "decoder_norm.bias",
            "pixels_first.weight", "pixels_first.bias", "pixels_later.weight", "pixels_later.bias",
        };
        foreach (string side in new[] { "encoder", "decoder" })
        {
            for (int i = 0; i < 4; i++)
            {
                expected.AddRange(layer.Select(name => $"{side}_spatial.{i}.{name}"));
                expected.AddRange(layer.Append("distance_bias").Select(name => $"{side}_temporal.{i}.{name}"));
            }
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), network.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void MaskedTransformer_PaperPreset_HasTheseTensorsAndNoOthers()
    {
        using var network = new MaskedTransformerNetwork(Presets.MaskedTransformers["phenaki-0.9b"], Meta);
        string[] layer =
        [
            "attention.output.weight", "attention.qkv.weight", "attention_norm.bias", "attention_norm.weight", "feed_forward.down.weight", "feed_forward.up.weight",
            "feed_forward_norm.bias", "feed_forward_norm.weight", "text_attention.key_value.weight", "text_attention.output.weight", "text_attention.query.weight",
            "text_norm.bias", "text_norm.weight",
        ];
        string[] expected =
        [
            "empty_text", "mask_embedding", "output_bias", "output_norm.bias", "output_norm.weight", "output_projection.weight", "space_position", "time_position", "token_embedding",
            .. Enumerable.Range(0, 20).SelectMany(i => layer.Select(name => $"layers.{i}.{name}")),
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), network.state_dict().Keys.Order(StringComparer.Ordinal));
    }
}
