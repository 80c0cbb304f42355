using Phenaki.Common.V1;
using Phenaki.Contracts;
using Phenaki.Fuzzing.Mutations;
using Phenaki.MaskedTransformer.V1;
using Phenaki.Testing.Models;

namespace Phenaki.Fuzzing.Targets;

/// <summary>The masked transformer.</summary>
internal sealed class MaskedTransformerTarget() : ServiceTarget(mesh => mesh.Models)
{
    private const string Service = "/phenaki.masked_transformer.v1.MaskedTransformerService/";

    /// <inheritdoc/>
    public override string Name => "masked-transformer";

    /// <inheritdoc/>
    protected override IReadOnlyList<CallScript> Scripts { get; } =
    [
        new(Service + "SampleTokens", new SampleTokensRequest
        {
            TextEmbedding = Embedding(3, DataType.Float32),
            Grid = new() { LatentFrames = 2, Rows = 2, Columns = 2 },
            Seed = 1,
        }),
        new(Service + "SampleTokens", new SampleTokensRequest
        {
            TextEmbedding = Embedding(5, DataType.Bfloat16),
            NegativeEmbedding = Embedding(2, DataType.Float32),
            PrefixTokens = WireTensor.FromTokens([1, 2, 3, 4], TinyModels.MaskedTransformer.CodebookSize, 1, 2, 2),
            Grid = new() { LatentFrames = 4, Rows = 2, Columns = 2 },
            Sampling = new() { Steps = 3, GuidanceScale = 2, Temperature = 1, ChoiceTemperature = 4 },
            Seed = ulong.MaxValue,
            Scene = 7,
            Clip = 3,
            IncludePartialTokens = true,
        }),
        new(Service + "GetModel", new GetModelRequest()),
    ];

    private static Tensor Embedding(int rows, DataType type) => WireTensor.FromFloats(
        [.. Enumerable.Range(0, rows * TinyModels.TextWidth).Select(i => (i % 11 / 5f) - 1)], type, rows, TinyModels.TextWidth);
}
