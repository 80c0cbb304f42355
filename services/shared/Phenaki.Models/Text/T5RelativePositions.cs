using TorchSharp;

namespace Phenaki.Models.Text;

/// <summary>
/// Bucket numbers of relative positions (arXiv 1910.10683, section 2.1): for each direction, near distances have a bucket each,
/// farther ones share buckets that grow with the logarithm of the distance, up to the maximal distance.
/// </summary>
internal static class T5RelativePositions
{
    /// <summary>Bucket of key position j seen from query position i, at [i, j]; [length, length] int64. The caller owns it.</summary>
    public static torch.Tensor Buckets(long length, T5Config config, torch.Device device)
    {
        using var scope = torch.NewDisposeScope();
        var positions = Number.Range(length, device);
        var relative = positions.unsqueeze(0) - positions.unsqueeze(1);
        var perDirection = config.RelativeAttentionNumBuckets / 2;
        var exact = perDirection / 2;
        var distance = relative.abs();

        // In float32 and in this order, as the published implementations do: at powers of the base another rounding picks another bucket.
        // Distances below 1 are taken by the exact buckets; the clamp keeps their logarithm finite.
        var far = (torch.log(distance.clamp(min: Number.Of(1)).to(torch.ScalarType.Float32) / Number.Of(exact))
            / Number.Of(Math.Log((double)config.RelativeAttentionMaxDistance / exact)) * Number.Of(perDirection - exact)).to(torch.ScalarType.Int64).Plus(Number.Of(exact));
        var buckets = torch.where(distance < Number.Of(exact), distance, far.clamp(max: Number.Of(perDirection - 1)));
        return buckets.Plus((relative > Number.Of(0)).to(torch.ScalarType.Int64) * Number.Of(perDirection)).MoveToOuterDisposeScope();
    }
}
