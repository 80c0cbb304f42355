using Grpc.Core;
using Phenaki.Common.V1;
using Phenaki.Contracts;
using Phenaki.MaskedTransformer.Sampling;
using Phenaki.MaskedTransformer.V1;
using Phenaki.Models.Masked;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Serving;

namespace Phenaki.MaskedTransformer;

/// <summary>The wire of the service.</summary>
internal sealed class MaskedTransformerGrpcService(
    Warmup<MaskedTransformerEngine> warmup, MaskedTransformerMetrics metrics, ILogger<MaskedTransformerGrpcService> logger)
    : MaskedTransformerService.MaskedTransformerServiceBase
{
    /// <inheritdoc/>
    public override async Task SampleTokens(SampleTokensRequest request, IServerStreamWriter<SampleTokensResponse> responseStream, ServerCallContext context)
    {
        var engine = warmup.Value;
        var clip = SampleTokensRequests.Read(request, engine.Config);

        // The clip ends with the call, also when the call ends because an answer cannot be written.
        using var call = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var run = engine.Start(clip, request.IncludePartialTokens, CallDeadline.Of(context), PriorityOf(request), call.Token);
        var sampled = false;
        try
        {
            await foreach (var progress in run.ReadProgressAsync(call.Token))
            {
                await responseStream.WriteAsync(new() { Step = Write(progress, clip, engine.Config) }, call.Token);
            }

            var tokens = await run.Completion;
            await responseStream.WriteAsync(
                new() { Sampled = new() { Tokens = WriteTokens(tokens, clip, engine.Config, engine.Config.CodebookSize) } }, call.Token);
            sampled = true;
            MaskedTransformerLog.Sampled(logger, clip.Clip, clip.Scene, clip.LatentFrames, clip.PrefixTokens.Length, clip.Sampling.Steps);
        }
        finally
        {
            await call.CancelAsync();
            await run.Completion.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            metrics.ClipEnded(sampled);
        }
    }

    /// <inheritdoc/>
    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        var (identity, config) = (warmup.Value.Identity, warmup.Value.Config);
        return Task.FromResult(new GetModelResponse
        {
            Model = WireModel.Info(identity.Name, identity.Version, identity.Fingerprint, identity.Parameters),
            CodebookSize = (uint)config.CodebookSize,
            MaxGrid = new() { LatentFrames = (uint)config.MaxLatentFrames, Rows = (uint)config.Rows, Columns = (uint)config.Columns },
            TextWidth = (uint)config.TextWidth,
            MaxTextTokens = (uint)config.MaxTextTokens,
            DefaultSampling = new()
            {
                Steps = (uint)config.DefaultSampling.Steps,
                GuidanceScale = config.DefaultSampling.GuidanceScale,
                Temperature = config.DefaultSampling.Temperature,
                ChoiceTemperature = config.DefaultSampling.ChoiceTemperature,
            },
            TextEncoderFingerprint = config.TextEncoderFingerprint,
            VideoTokenizerFingerprint = config.VideoTokenizerFingerprint,
        });
    }

    private static WorkPriority PriorityOf(SampleTokensRequest request) =>
        request.Priority == Priority.Batch ? WorkPriority.Batch : WorkPriority.Interactive;

    private static SamplingStep Write(ClipProgress progress, ClipRequest clip, MaskedTransformerConfig model) => new()
    {
        Step = (uint)progress.Step,
        Steps = (uint)progress.Steps,
        Masked = (uint)progress.Masked,

        // A masked position holds the codebook size, one above the last token.
        PartialTokens = progress.Tokens is null ? null : WriteTokens(progress.Tokens, clip, model, model.CodebookSize + 1),
    };

    private static Tensor WriteTokens(int[] tokens, ClipRequest clip, MaskedTransformerConfig model, int limit) =>
        WireTensor.FromTokens(tokens, limit, clip.LatentFrames, model.Rows, model.Columns);
}
