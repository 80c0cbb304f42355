using CsCheck;
using Phenaki.Models.Video;
using TorchSharp;
using static TorchSharp.torch;

namespace Phenaki.Models.Tests.Video;

/// <summary>Causality in time, on the whole-clip pass of training and on the streams of serving.</summary>
public sealed class VideoTokenizerCausalityTests
{
    private const int LatentFrames = 6;

    public static TheoryData<string> Quantizers => ["vq", "fsq"];

    [Theory]
    [MemberData(nameof(Quantizers))]
    public void Encode_LaterFramesChanged_LeavesEarlierRowsAsTheyWere(string quantizer)
    {
        using var scope = NewDisposeScope();
        var (network, config) = Create(quantizer);
        using var _ = no_grad();
        var geometry = config.Geometry();
        var clip = Clip(config, seed: 1);
        var rows = network.Encode(clip);
        for (int latent = 1; latent < LatentFrames; latent++)
        {
            var changed = clip.clone();
            changed.narrow(1, geometry.FirstFrame(latent), clip.shape[1] - geometry.FirstFrame(latent)).uniform_(-1, 1);
            var other = network.Encode(changed);
            Assert.True(rows.narrow(1, 0, latent).equal(other.narrow(1, 0, latent)).all().item<bool>());
            Assert.False(rows.narrow(1, latent, 1).equal(other.narrow(1, latent, 1)).all().item<bool>());
        }
    }

    [Theory]
    [MemberData(nameof(Quantizers))]
    public void Decode_LaterCodesChanged_LeavesEarlierFramesAsTheyWere(string quantizer)
    {
        using var scope = NewDisposeScope();
        var (network, config) = Create(quantizer);
        using var _ = no_grad();
        var geometry = config.Geometry();
        var tokens = randint(0, config.Quantizer.CodebookSize, [1, LatentFrames, geometry.TokensPerLatentFrame], dtype: ScalarType.Int64);
        var frames = network.Decode(network.Quantizer.Codes(tokens));
        for (int latent = 1; latent < LatentFrames; latent++)
        {
            var changed = tokens.clone();
            changed.narrow(1, latent, LatentFrames - latent).add_(Number.Of(1), Number.Of(1)).remainder_(Number.Of(config.Quantizer.CodebookSize));
            var other = network.Decode(network.Quantizer.Codes(changed));
            int first = geometry.FirstFrame(latent);
            Assert.True(frames.narrow(1, 0, first).equal(other.narrow(1, 0, first)).all().item<bool>());
            Assert.False(frames.narrow(1, first, 1).equal(other.narrow(1, first, 1)).all().item<bool>());
        }
    }

    [Theory]
    [MemberData(nameof(Quantizers))]
    public void Encode_APrefixOfTheClip_GivesThePrefixOfTheTokens(string quantizer)
    {
        var (network, config) = Create(quantizer);
        using (network)
        {
            byte[][] frames = RandomFrames(config, LatentFrames, seed: 5);
            var whole = Stream(network, config, frames);
            for (int latent = 1; latent <= LatentFrames; latent++)
            {
                var part = Stream(network, config, frames[..config.Geometry().Frames(latent)]);
                Assert.Equal(whole.Take(latent), part);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Quantizers))]
    public void EncodeNext_AllFrames_EqualsWholeClip(string quantizer)
    {
        var (network, config) = Create(quantizer);
        using (network)
        {
            byte[][] frames = RandomFrames(config, LatentFrames, seed: 6);
            var streamed = Stream(network, config, frames).SelectMany(tokens => tokens).Select(t => (long)t);
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var geometry = config.Geometry();
            var clip = tensor(frames.SelectMany(f => f).ToArray(), [1, frames.Length, geometry.Height, geometry.Width, 3]).to_type(ScalarType.Float32).div_(Number.Of(127.5f)).sub_(Number.Of(1f));
            long[] whole = network.Quantizer.Indices(network.Quantizer.Bound(network.Encode(clip))).data<long>().ToArray();
            Assert.Equal(whole, streamed);
        }
    }

    [Theory]
    [MemberData(nameof(Quantizers))]
    public void DecodeNext_AllTokens_EqualsWholeClip(string quantizer)
    {
        var (network, config) = Create(quantizer);
        using (network)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var geometry = config.Geometry();
            var tokens = randint(0, config.Quantizer.CodebookSize, [1, LatentFrames, geometry.TokensPerLatentFrame], dtype: ScalarType.Int64);
            var whole = network.Decode(network.Quantizer.Codes(tokens));
            var caches = network.NewCaches();
            for (int latent = 0; latent < LatentFrames; latent++)
            {
                var next = Assert.Single(network.DecodeNext(network.Quantizer.Codes(tokens.narrow(1, latent, 1)), latent == 0, 0, caches));
                var expected = whole.narrow(1, geometry.FirstFrame(latent), geometry.FramesIn(latent));
                Assert.True((next - expected).abs().max().item<float>() < 1e-5f);
            }

            foreach (var cache in caches)
            {
                cache.Dispose();
            }
        }
    }

    [Fact]
    public void Append_BeyondTheWindow_LeavesNoTensorBehind()
    {
        var (network, config) = Create("vq");
        using (network)
        {
            byte[][] frames = RandomFrames(config, 12, seed: 9);
            using var session = new VideoEncodeSession(network, config.Geometry(), 12, 1, CPU);
            var living = new List<long>();
            foreach (byte[] frame in frames)
            {
                if (session.Append(frame).Count > 0)
                {
                    var tensors = DisposeScopeManager.Statistics.TensorStatistics;
                    living.Add(tensors.CreatedInScopeCount + tensors.CreatedOutsideScopeCount - tensors.DisposedInScopeCount - tensors.DisposedOutsideScopeCount);
                }
            }

            // The first latent frame fills the caches; from then on each frame leaves as many tensors as it found.
            Assert.Equal(12, living.Count);
            Assert.All(living, count => Assert.Equal(living[0], count));
        }
    }

    [Fact]
    public void Append_WrongFrameSize_NamesBothNumbers()
    {
        var (network, config) = Create("vq");
        using (network)
        {
            using var session = new VideoEncodeSession(network, config.Geometry(), 4, 1, CPU);
            var error = Assert.Throws<ArgumentException>(() => session.Append(new byte[5]));
            Assert.Contains("5 bytes", error.Message, StringComparison.Ordinal);
            Assert.Contains("1152", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Append_TokenOutsideTheCodebook_NamesIt()
    {
        var (network, config) = Create("vq");
        using (network)
        {
            using var session = new VideoDecodeSession(network, config.Geometry(), 64, 4, 1, 0, CPU);
            Assert.Contains("Token 64", Assert.Throws<ArgumentException>(() => session.Append([0, 1, 2, 3, 4, 64])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Append_OneFrame_IsAnImage()
    {
        var (network, config) = Create("vq");
        using (network)
        {
            using var encode = new VideoEncodeSession(network, config.Geometry(), 4, 1, CPU);
            int[] tokens = Assert.Single(encode.Append(RandomFrames(config, 1, seed: 2)));
            Assert.Equal(6, tokens.Length);
            Assert.True(encode.AtLatentBoundary);
            using var decode = new VideoDecodeSession(network, config.Geometry(), 64, 4, 1, 0, CPU);
            Assert.Equal(1152, Assert.Single(decode.Append(tokens)).Length);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("vq")]
    [InlineData("fsq")]
    public async Task Append_WhileGarbageIsCollected_GivesTheSameTokensAndFrames(string quantizer)
    {
        var (network, config) = Create(quantizer);
        using (network)
        {
            byte[][] frames = RandomFrames(config, 4, seed: 8);
            var calm = EncodeAndDecode();
            await using var storm = GarbageStorm.Begin();
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(calm, EncodeAndDecode());
            }

            int[] EncodeAndDecode()
            {
                using var encode = new VideoEncodeSession(network, config.Geometry(), 4, 1, CPU);
                using var decode = new VideoDecodeSession(network, config.Geometry(), config.Quantizer.CodebookSize, 4, 1, 0, CPU);
                int[][] tokens = [.. encode.Append(frames)];
                return [.. tokens.SelectMany(frame => frame), .. decode.Append(tokens).SelectMany(frame => frame.Select(value => (int)value))];
            }
        }
    }

    private static (VideoTokenizerNetwork Network, VideoTokenizerConfig Config) Create(string quantizer)
    {
        var config = quantizer == "vq" ? TinyConfigs.Video : TinyConfigs.VideoFsq;
        using var generator = manual_seed(11);
        var network = new VideoTokenizerNetwork(config, CPU);
        using var _ = no_grad();

        // Zero-initialised parts would hide what they break.
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (name.Contains("bias", StringComparison.Ordinal) || name.StartsWith("refinement", StringComparison.Ordinal))
            {
                parameter.normal_(0, 0.3);
            }
        }

        return (network, config);
    }

    private static List<int[]> Stream(VideoTokenizerNetwork network, VideoTokenizerConfig config, byte[][] frames)
    {
        using var session = new VideoEncodeSession(network, config.Geometry(), config.MaxLatentFrames, 1, CPU);
        return [.. frames.SelectMany(frame => session.Append(frame))];
    }

    private static byte[][] RandomFrames(VideoTokenizerConfig config, int latentFrames, ulong seed)
    {
        var geometry = config.Geometry();
        var random = new PCG(0, seed);
        return [.. Enumerable.Range(0, geometry.Frames(latentFrames)).Select(_ =>
            Enumerable.Range(0, geometry.FrameBytes).Select(_ => (byte)random.Next(256)).ToArray())];
    }

    private static Tensor Clip(VideoTokenizerConfig config, long seed)
    {
        using var generator = manual_seed(seed);
        var geometry = config.Geometry();
        return (rand([1, geometry.Frames(LatentFrames), geometry.Height, geometry.Width, 3]) * Number.Of(2)) - Number.Of(1);
    }
}
