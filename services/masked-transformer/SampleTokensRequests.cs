using Phenaki.Common.V1;
using Phenaki.Contracts;
using Phenaki.MaskedTransformer.V1;
using Phenaki.Models.Masked;
using Phenaki.ServiceDefaults.Errors;
using SamplingSettings = Phenaki.Models.Masked.SamplingSettings;

namespace Phenaki.MaskedTransformer;

/// <summary>Reads a request of the wire; reports everything that is wrong with it at once.</summary>
internal static class SampleTokensRequests
{
    /// <summary>The clip that is asked for.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static ClipRequest Read(SampleTokensRequest request, MaskedTransformerConfig model)
    {
        var violations = new Violations();
        var text = ReadEmbedding(request.TextEmbedding, "text_embedding", model, violations);
        var negative = request.NegativeEmbedding is null ? null : ReadEmbedding(request.NegativeEmbedding, "negative_embedding", model, violations);
        var latentFrames = ReadGrid(request.Grid, model, violations);
        var prefix = request.PrefixTokens is null ? [] : ReadPrefix(request.PrefixTokens, latentFrames, model, violations);
        var sampling = ReadSampling(request.Sampling, model.DefaultSampling, violations);
        WirePriority.Check(request.Priority, "priority", violations.Add);
        violations.ThrowIfAny();
        return new()
        {
            TextEmbedding = text!,
            TextTokens = text!.Length / model.TextWidth,
            NegativeEmbedding = negative,
            NegativeTokens = (negative?.Length ?? 0) / model.TextWidth,
            LatentFrames = latentFrames!.Value,
            PrefixTokens = prefix!,
            Sampling = sampling,
            Seed = request.Seed,
            Scene = request.Scene,
            Clip = request.Clip,
        };
    }

    private static float[]? ReadEmbedding(Tensor? tensor, string field, MaskedTransformerConfig model, Violations violations) =>
        WireTensorReader.ReadFloats(tensor, field, violations.Add, Extent.UpTo(model.MaxTextTokens), model.TextWidth);

    private static int? ReadGrid(TokenGrid? grid, MaskedTransformerConfig model, Violations violations)
    {
        if (grid is null)
        {
            violations.Add("grid", "is missing.");
            return null;
        }

        violations.Range("grid.latent_frames", grid.LatentFrames, 1, model.MaxLatentFrames);
        violations.Exactly("grid.rows", grid.Rows, model.Rows);
        violations.Exactly("grid.columns", grid.Columns, model.Columns);
        return grid.LatentFrames >= 1 && grid.LatentFrames <= model.MaxLatentFrames ? (int)grid.LatentFrames : null;
    }

    private static int[]? ReadPrefix(Tensor tensor, int? latentFrames, MaskedTransformerConfig model, Violations violations)
    {
        // Something must be left to sample; where the grid itself is wrong, the model's largest says how much a prefix may hold.
        var most = (latentFrames ?? model.MaxLatentFrames) - 1;
        if (most == 0)
        {
            violations.Add("prefix_tokens", "is set; a grid of 1 latent frame leaves no room for known tokens.");
            return null;
        }

        return WireTensorReader.ReadTokens(
            tensor, "prefix_tokens", model.CodebookSize, violations.Add, Extent.UpTo(most), model.Rows, model.Columns);
    }

    private static SamplingSettings ReadSampling(Common.V1.SamplingSettings? wire, SamplingSettings defaults, Violations violations)
    {
        if (wire is null)
        {
            return defaults;
        }

        var settings = new SamplingSettings
        {
            Steps = wire.HasSteps ? (int)Math.Min(wire.Steps, int.MaxValue) : defaults.Steps,
            GuidanceScale = wire.HasGuidanceScale ? wire.GuidanceScale : defaults.GuidanceScale,
            Temperature = wire.HasTemperature ? wire.Temperature : defaults.Temperature,
            ChoiceTemperature = wire.HasChoiceTemperature ? wire.ChoiceTemperature : defaults.ChoiceTemperature,
        };
        foreach (var (field, message) in settings.Violations())
        {
            violations.Add($"sampling.{field}", $"{message}.");
        }

        return settings;
    }
}
