using Phenaki.Common.V1;
using Phenaki.Contracts;
using Phenaki.MaskedTransformer.V1;

namespace Phenaki.MaskedTransformer.Tests;

/// <summary>Requests that fit the <see cref="FakeMaskedTransformer"/>.</summary>
internal static class Requests
{
    public static SampleTokensRequest Valid(ulong seed = 5) => new()
    {
        TextEmbedding = WireTensor.FromFloats([1, 2, 3, 4, 5, 6, 7, 8], DataType.Float32, 2, 4),
        Grid = new() { LatentFrames = 2, Rows = 2, Columns = 3 },
        Seed = seed,
    };

    public static SampleTokensRequest With(Action<SampleTokensRequest> change)
    {
        var request = Valid();
        change(request);
        return request;
    }
}
