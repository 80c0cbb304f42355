using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Durable;
using Phenaki.Orchestrator.Stories;
using Phenaki.ServiceDefaults.Pace;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator;

/// <summary>The story service on the wire.</summary>
internal sealed class StoryGrpcService(
    StoryLoop loop,
    ModelRegistry registry,
    StoryAdmission admission,
    DurableStoryCalls durable,
    DirectedStoryCalls directed,
    IOptions<OrchestratorOptions> options,
    StoryMetrics metrics,
    TimeProvider time,
    ILogger<StoryGrpcService> logger) : StoryService.StoryServiceBase
{
    private readonly StoryValidator _validator = new(options.Value);

    /// <inheritdoc/>
    public override async Task GenerateStory(
        GenerateStoryRequest request, IServerStreamWriter<GenerateStoryResponse> responseStream, ServerCallContext context)
    {
        using var lease = admission.Enter();
        var outcome = "failed";
        metrics.StoryStarted();
        try
        {
            var scope = Scope(context);
            var models = await ModelsAsync(request, scope);
            var story = _validator.Read(request, models);
            await SendAsync(story, models, responseStream, scope);
            outcome = "finished";
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.InvalidArgument)
        {
            outcome = "refused";
            throw;
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            outcome = "cancelled";
            throw;
        }
        finally
        {
            metrics.StoryEnded(outcome);
        }
    }

    /// <inheritdoc/>
    public override async Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        var models = await registry.GetAsync(Scope(context));
        return new()
        {
            TextEncoder = models.TextEncoder.Model.ToWire(),
            VideoTokenizer = models.VideoTokenizer.Model.ToWire(),
            MaskedTransformer = models.MaskedTransformer.Model.ToWire(),
            Height = (uint)models.Geometry.Height,
            Width = (uint)models.Geometry.Width,
            FramesPerSecond = models.VideoTokenizer.FramesPerSecond,
            DefaultSceneFrames = (uint)options.Value.DefaultSceneFrames,
            MaxScenes = (uint)options.Value.MaxScenes,
            MaxSceneFrames = (uint)options.Value.MaxSceneFrames,
            DefaultSampling = models.MaskedTransformer.DefaultSampling.ToWire(),
            PrefixFrames = (uint)models.PrefixFrames,
            ClipFrames = (uint)models.Geometry.Frames(models.ClipLatentFrames),
            TemporalPatch = (uint)models.Geometry.TemporalPatch,
        };
    }

    /// <inheritdoc/>
    public override Task<CreateStoryResponse> CreateStory(CreateStoryRequest request, ServerCallContext context) =>
        durable.CreateAsync(
            request, story => ModelsAsync(story, Scope(context)), ApiKeyInterceptor.Owner(context), context.CancellationToken);

    /// <inheritdoc/>
    public override Task<GetStoryResponse> GetStory(GetStoryRequest request, ServerCallContext context) => durable.GetAsync(request, context);

    /// <inheritdoc/>
    public override Task<ListStoriesResponse> ListStories(ListStoriesRequest request, ServerCallContext context) => durable.ListAsync(request, context);

    /// <inheritdoc/>
    public override Task WatchStory(WatchStoryRequest request, IServerStreamWriter<WatchStoryResponse> responseStream, ServerCallContext context) =>
        durable.WatchAsync(request, responseStream, context);

    /// <inheritdoc/>
    public override Task<CancelStoryResponse> CancelStory(CancelStoryRequest request, ServerCallContext context) => durable.CancelAsync(request, context);

    /// <inheritdoc/>
    public override Task<DeleteStoryResponse> DeleteStory(DeleteStoryRequest request, ServerCallContext context) => durable.DeleteAsync(request, context);

    /// <inheritdoc/>
    [ClientMayRest]
    public override Task DirectStory(
        IAsyncStreamReader<DirectStoryRequest> requestStream, IServerStreamWriter<DirectStoryResponse> responseStream, ServerCallContext context) =>
        directed.DirectAsync(requestStream, responseStream, story => ModelsAsync(story, Scope(context)), context);

    /// <inheritdoc/>
    public override Task<SteerStoryResponse> SteerStory(SteerStoryRequest request, ServerCallContext context) => directed.SteerAsync(request, context);

    private static CallScope Scope(ServerCallContext context) =>
        new(context.Deadline == DateTime.MaxValue ? null : new DateTimeOffset(context.Deadline, TimeSpan.Zero), context.CancellationToken);

    private async Task<ModelSet> ModelsAsync(GenerateStoryRequest request, CallScope scope)
    {
        try
        {
            return await registry.GetAsync(scope);
        }
        catch (Exception failure) when (failure is ModelServiceException or ModelServiceFaultException or ModelMismatchException)
        {
            _validator.Check(request).ThrowIfAny();
            throw;
        }
    }

    private async Task SendAsync(StoryRequest story, ModelSet models, IServerStreamWriter<GenerateStoryResponse> stream, CallScope scope)
    {
        var (start, seed, isFirst) = (time.GetTimestamp(), 0UL, true);
        await foreach (var item in loop.RunAsync(story, models, script: null, scope.Deadline, scope.CancellationToken))
        {
            await stream.WriteAsync(item.ToWire(models), scope.CancellationToken);
            switch (item)
            {
                case StoryEvent.Accepted accepted:
                    seed = accepted.Seed;
                    StoryLog.StoryBegins(logger, accepted.Scenes.Count, accepted.Frames, seed);
                    break;
                case StoryEvent.Frame:
                    metrics.FrameSent();
                    if (isFirst)
                    {
                        metrics.FirstFrameSent(time.GetElapsedTime(start));
                        isFirst = false;
                    }

                    break;
                case StoryEvent.Finished finished:
                    metrics.StoryFinished(finished.Account.Total);
                    StoryLog.StoryFinished(
                        logger, seed, finished.Frames, finished.Account.Total.TotalSeconds, finished.Account.SampleTokensCalls);
                    break;
            }
        }
    }
}
