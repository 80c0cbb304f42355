using Phenaki.Models.Folders;
using Phenaki.Models.Safetensors;
using Phenaki.Testing;

namespace Phenaki.Models.Tests.Safetensors;

public sealed class SafetensorsCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_Shards_FindsEveryTensor()
    {
        WriteShards("""{"metadata":{"total_size":12},"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");

        using var weights = SafetensorsCheckpoint.Open(_folder.Path);

        Assert.Equal([1f], weights.Tensors["a"].ReadFloats("a"));
        Assert.Equal([2f, 3f], weights.Tensors["b"].ReadFloats("b"));
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"gone.safetensors"}}""", "gone.safetensors", "1 of 2")]
    [InlineData("""{"weight_map":{"a":"one.safetensors"}}""", "weight_map", null)]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"two.safetensors","c":"two.safetensors"}}""", "'c'", "is missing")]
    [InlineData("""{"weight_map":{"a":"two.safetensors","b":"one.safetensors"}}""", "places it in", "two.safetensors")]
    [InlineData("""{"weight_map":{"a":"../one.safetensors"}}""", "'a'", "../one.safetensors")]
    [InlineData("""{"weight_map":{}}""", "lists no tensor", "")]
    [InlineData("""{"weight_map":[]}""", "no valid index", "")]
    [InlineData("""{}""", "weight_map", "")]
    [InlineData("""{"weight""", "no valid index", "")]
    public void Open_IndexAndShardsDisagree_SaysWhere(string index, string first, string? second)
    {
        WriteShards(index);

        if (second is null)
        {
            // A shard that the index does not list is not opened: another model's file may lie beside.
            using var weights = SafetensorsCheckpoint.Open(_folder.Path);
            Assert.Equal(["a"], weights.Tensors.Keys);
            return;
        }

        var error = Assert.Throws<ModelFormatException>(() => SafetensorsCheckpoint.Open(_folder.Path));

        Assert.Contains(first, error.Message, StringComparison.Ordinal);
        Assert.Contains(second, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoWeights_SaysWhatWasLookedFor()
    {
        var error = Assert.Throws<ModelFormatException>(() => SafetensorsCheckpoint.Open(_folder.Path));

        Assert.Contains("model.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, error.Message, StringComparison.Ordinal);
    }

    private void WriteShards(string index)
    {
        File.WriteAllBytes(_folder.Of("one.safetensors"), RawSafetensors.Floats("a", "1", 1));
        File.WriteAllBytes(_folder.Of("two.safetensors"), RawSafetensors.Floats("b", "2", 2, 3));
        File.WriteAllText(_folder.Of(SafetensorsCheckpoint.IndexFileName), index);
    }
}
