using Grpc.Core;
using Phenaki.Common.V1;
using Phenaki.Contracts;
using Phenaki.MaskedTransformer.V1;
using Phenaki.Testing.Services;

namespace Phenaki.MaskedTransformer.Tests;

public sealed class SampleTokensValidationTests
{
    public static TheoryData<string, string, Action<SampleTokensRequest>> Bad => new()
    {
        { "text_embedding", "is missing.", r => r.TextEmbedding = null },
        { "text_embedding.shape", "is [2, 5]; must be [1..8, 4].", r => r.TextEmbedding = WireTensor.FromFloats(new float[10], DataType.Float32, 2, 5) },
        { "text_embedding.shape", "is [9, 4]; must be [1..8, 4].", r => r.TextEmbedding = WireTensor.FromFloats(new float[36], DataType.Float32, 9, 4) },
        { "text_embedding.data_type", "is Uint16; allowed are Float32 and Bfloat16.", r => r.TextEmbedding = WireTensor.FromTokens(new int[4], 9, 1, 4) },
        { "text_embedding.data", "element 2 is NaN; only finite numbers are allowed.", r => r.TextEmbedding = WireTensor.FromFloats([0, 1, float.NaN, 3], DataType.Float32, 1, 4) },
        { "negative_embedding.shape", "is [1, 3]; must be [1..8, 4].", r => r.NegativeEmbedding = WireTensor.FromFloats(new float[3], DataType.Float32, 1, 3) },
        { "grid", "is missing.", r => r.Grid = null },
        { "grid.latent_frames", "is 0; allowed are 1 to 3.", r => r.Grid.LatentFrames = 0 },
        { "grid.latent_frames", "is 4; allowed are 1 to 3.", r => r.Grid.LatentFrames = 4 },
        { "grid.rows", "is 3; must be the model's 2.", r => r.Grid.Rows = 3 },
        { "grid.columns", "is 4294967295; must be the model's 3.", r => r.Grid.Columns = uint.MaxValue },
        { "prefix_tokens.shape", "is [2, 2, 3]; must be [1, 2, 3].", r => r.PrefixTokens = WireTensor.FromTokens(new int[12], 16, 2, 2, 3) },
        { "prefix_tokens.data", "token 0 is 16; allowed are 0..15.", r => r.PrefixTokens = WireTensor.FromTokens([16, 0, 0, 0, 0, 0], 17, 1, 2, 3) },
        { "prefix_tokens", "is set; a grid of 1 latent frame leaves no room for known tokens.", r => (r.Grid.LatentFrames, r.PrefixTokens) = (1, WireTensor.FromTokens(new int[6], 16, 1, 2, 3)) },
        { "sampling.steps", "steps is 0; allowed are 1 to 256.", r => r.Sampling = new() { Steps = 0 } },
        { "sampling.steps", "steps is 1000000000; allowed are 1 to 256.", r => r.Sampling = new() { Steps = 1_000_000_000 } },
        { "sampling.guidance_scale", "guidance_scale is NaN; allowed are 0 to 64.", r => r.Sampling = new() { GuidanceScale = float.NaN } },
        { "sampling.guidance_scale", "guidance_scale is -1; allowed are 0 to 64.", r => r.Sampling = new() { GuidanceScale = -1 } },
        { "sampling.temperature", "temperature is 17; allowed are 0 to 16.", r => r.Sampling = new() { Temperature = 17 } },
        { "sampling.choice_temperature", "choice_temperature is 65; allowed are 0 to 64.", r => r.Sampling = new() { ChoiceTemperature = 65 } },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public async Task SampleTokens_OneBadField_NamesFieldValueAndWhatIsAllowed(string field, string message, Action<SampleTokensRequest> change)
    {
        var error = await FailAsync(Requests.With(change));
        Assert.Equal($"{field}: {message}", Assert.Single(error.Violations()));
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_EverythingWrong_ReportsEveryFieldAtOnce()
    {
        var error = await FailAsync(new()
        {
            NegativeEmbedding = new(),
            PrefixTokens = new(),
            Grid = new(),
            Sampling = new() { Steps = 0, GuidanceScale = float.PositiveInfinity, Temperature = -1, ChoiceTemperature = float.NaN },
        });
        Assert.Equal(
            [
                "text_embedding", "negative_embedding.data_type", "negative_embedding.shape", "grid.latent_frames", "grid.rows", "grid.columns",
                "prefix_tokens.data_type", "prefix_tokens.shape", "sampling.steps", "sampling.guidance_scale", "sampling.temperature", "sampling.choice_temperature",
            ],
            error.Fields());
    }

    private static async Task<RpcException> FailAsync(SampleTokensRequest request)
    {
        var model = new FakeMaskedTransformer();
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation);
        using var call = new MaskedTransformerService.MaskedTransformerServiceClient(host.Channel).SampleTokens(request, cancellationToken: Cancellation);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Empty(model.Requests);
        return error;
    }
}
