using CsCheck;
using Phenaki.Models.Video;
using static TorchSharp.torch;

namespace Phenaki.Models.Tests.Video;

/// <summary>Latent frames that go through the network together have the very bytes that each has alone.</summary>
public sealed class LatentFramesTogetherTests
{
    private const int LatentFrames = 9;

    // As many positions as the shipped model has: with a few rows alone the kernels add in another order.
    private static readonly VideoTokenizerConfig Config = TinyConfigs.Video with { FrameHeight = 64, FrameWidth = 64, TemporalPatch = 2 };

    [Fact]
    public void Encode_InAnyGroups_GivesTheSameTokens()
    {
        using var network = Create();
        int together = network.ExactTogether(6);
        byte[][] frames = RandomFrames();
        var alone = Encode(network, 1, frames.Select(frame => new[] { frame }));
        Groups(frames.Length).Sample(
            sizes =>
            {
                int next = 0;
                Assert.Equal(alone, Encode(network, together, sizes.Select(size => frames[next..(next += size)])));
            },
            iter: 20,
            threads: 1);
    }

    [Fact]
    public void Decode_InAnyGroupsFromAnyFrame_GivesTheSameFrames()
    {
        using var network = Create();
        int together = network.ExactTogether(6);
        int[][] tokens = [.. RandomTokens()];
        var alone = Decode(network, 1, 0, tokens.Select(latentFrame => new[] { latentFrame }));
        Assert.Equal(Config.Geometry().Frames(LatentFrames), alone.Count);
        Gen.Select(Groups(tokens.Length), Gen.Int[0, alone.Count - 1]).Sample(
            (sizes, firstFrame) =>
            {
                int next = 0;
                Assert.Equal(alone.Skip(firstFrame), Decode(network, together, firstFrame, sizes.Select(size => tokens[next..(next += size)])));
            },
            iter: 20,
            threads: 1);
    }

    [Fact]
    public void ExactTogether_OneAtMost_IsOne()
    {
        using var network = Create();
        Assert.Equal(1, network.ExactTogether(1));
    }

    [Fact]
    public void Append_MoreThanTheMost_TakesNone()
    {
        using var network = Create();
        using var decode = new VideoDecodeSession(network, Config.Geometry(), 64, 4, 2, 0, CPU);
        int[][] tokens = [.. RandomTokens()];
        Assert.Throws<InvalidOperationException>(() => decode.Append(tokens[..5]));
        Assert.Equal(0, decode.LatentFrames);
        using var encode = new VideoEncodeSession(network, Config.Geometry(), 4, 2, CPU);
        Assert.Throws<InvalidOperationException>(() => encode.Append(RandomFrames()[..8]));
        Assert.Equal(4, encode.Append(RandomFrames()[..7]).Count);
        Assert.True(encode.AtLatentBoundary);
    }

    private static Gen<int[]> Groups(int count) => Gen.Int[1, 8].Array[count].Select(sizes =>
    {
        int left = count;
        return sizes.TakeWhile(_ => left > 0).Select(size =>
        {
            int taken = Math.Min(size, left);
            left -= taken;
            return taken;
        }).ToArray();
    });

    private static VideoTokenizerNetwork Create()
    {
        using var generator = manual_seed(3);
        var network = new VideoTokenizerNetwork(Config, CPU);
        using var _ = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (name.Contains("bias", StringComparison.Ordinal) || name.StartsWith("refinement", StringComparison.Ordinal))
            {
                parameter.normal_(0, 0.3);
            }
        }

        return network;
    }

    private static List<int[]> Encode(VideoTokenizerNetwork network, int together, IEnumerable<byte[][]> groups)
    {
        using var session = new VideoEncodeSession(network, Config.Geometry(), LatentFrames, together, CPU);
        return [.. groups.SelectMany(group => session.Append(group))];
    }

    private static List<byte[]> Decode(VideoTokenizerNetwork network, int together, int firstFrame, IEnumerable<int[][]> groups)
    {
        using var session = new VideoDecodeSession(network, Config.Geometry(), 64, LatentFrames, together, firstFrame, CPU);
        return [.. groups.SelectMany(group => session.Append(group))];
    }

    private static byte[][] RandomFrames()
    {
        var random = new PCG(0, 4);
        return [.. Enumerable.Range(0, Config.Geometry().Frames(LatentFrames)).Select(_ =>
            Enumerable.Range(0, Config.Geometry().FrameBytes).Select(_ => (byte)random.Next(256)).ToArray())];
    }

    private static IEnumerable<int[]> RandomTokens()
    {
        var random = new PCG(0, 5);
        return Enumerable.Range(0, LatentFrames).Select(_ =>
            Enumerable.Range(0, Config.Geometry().TokensPerLatentFrame).Select(_ => (int)random.Next(64)).ToArray());
    }
}
