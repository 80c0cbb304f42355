using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Stories;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// Makes a story into its journal. What is in the journal already is made again over the cache and passed over, so that a story goes on where
/// it was, in whatever process.
/// </summary>
internal sealed class StoryMaker(
    StoryLoop loop,
    ModelRegistry registry,
    StoryJournal journal,
    IOptions<OrchestratorOptions> orchestrator,
    IOptions<DurableStoryOptions> options,
    IOptions<ErrorTranslation> translation,
    TimeProvider time,
    StoryMetrics metrics,
    ILogger<StoryMaker> logger)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    private readonly StoryValidator _validator = new(orchestrator.Value);

    /// <summary>What events of a story depend on besides its request: the models, and how stories are cut into clips.</summary>
    public static string Fingerprint(ModelSet models) => string.Create(
        CultureInfo.InvariantCulture,
        $"{models.TextEncoder.Model.Fingerprint}/{models.VideoTokenizer.Model.Fingerprint}/{models.MaskedTransformer.Model.Fingerprint}/{models.ClipLatentFrames}/{models.PrefixFrames}");

    /// <summary>What a story would be begun with now; waits for services that are away.</summary>
    /// <exception cref="ModelServiceException">They are away for too long.</exception>
    public Task<string> FingerprintAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        return PatientlyAsync(
            "", async () => Fingerprint(await registry.GetAsync(new(null, cancellationToken))), () => time.GetElapsedTime(start), cancellationToken);
    }

    /// <summary>How stories are cut into clips now.</summary>
    /// <param name="fingerprint">What the story was begun with; null before it was.</param>
    /// <exception cref="ModelMismatchException">It was begun with something else.</exception>
    /// <exception cref="ModelServiceException">The services are away.</exception>
    public async Task<StoryPlanner> PlannerAsync(string? fingerprint) => Check(await registry.GetAsync(new(null, CancellationToken.None)), fingerprint).Planner;

    /// <summary>Makes a story to its end, whatever that is.</summary>
    /// <returns>The last event, without a number.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<StoryStateChanged> MakeAsync(StoryAssignment story, CancellationToken cancellationToken)
    {
        metrics.StoryStarted();
        var outcome = "interrupted";
        var lastNews = time.GetTimestamp();
        try
        {
            await PatientlyAsync(
                story.Id,
                async () =>
                {
                    await TryAsync(story, () => lastNews = time.GetTimestamp(), cancellationToken);
                    return true;
                },
                () => time.GetElapsedTime(lastNews),
                cancellationToken);
            outcome = "finished";
            return new() { State = StoryState.Succeeded };
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && failure is not JournalConflictException && !StoryStore.IsAway(failure))
        {
            outcome = "failed";
            return new() { State = StoryState.Failed, Error = Explain(story.Id, failure) };
        }
        finally
        {
            metrics.StoryEnded(outcome);
        }
    }

    /// <summary>What a client is told of a failure that has a name; null for a bug.</summary>
    public RpcException? Translate(Exception failure) => failure as RpcException ?? translation.Value.Translate(failure);

    /// <summary>What a client is told of a failure: the same as it would hear from GenerateStory.</summary>
    public StoryError Explain(string id, Exception failure)
    {
        if (Translate(failure) is { } told)
        {
            DurableStoryLog.StoryFailed(logger, id, told.Status.Detail);
            return new() { Code = (int)told.StatusCode, Message = told.Status.Detail };
        }

        DurableStoryLog.Bug(logger, failure, id);
        return new() { Code = (int)StatusCode.Internal, Message = $"Internal error; the service's log has it under the id {id}." };
    }

    private async Task TryAsync(StoryAssignment story, Action onNews, CancellationToken cancellationToken)
    {
        var models = Check(await registry.GetAsync(new(null, cancellationToken)), story.Fingerprint);
        var whole = story.Request.Clone();
        whole.OpeningFrames.Add(GenerateStoryRequest.Parser.ParseFrom(await journal.ReadOpeningAsync(story.Id, cancellationToken)).OpeningFrames);
        var request = _validator.Read(whole, models) with { Seed = story.Seed };
        var stored = story.Director is { } director ? await director.BeginAsync(models.Planner, cancellationToken) : await story.Pen.OpenAsync(cancellationToken);
        await foreach (var item in loop.RunAsync(request, models, story.Director, deadline: null, cancellationToken))
        {
            if (item is StoryEvent.Progress progress)
            {
                story.News.Progress(progress.ToWire(models).Progress);
                onNews();
                continue;
            }

            if (stored > 0)
            {
                stored--;
                continue;
            }

            story.News.Happened(await story.Pen.WriteAsync(number => DurableWire.Number(item.ToWire(models), number), cancellationToken));
            onNews();
            Count(item);
        }
    }

    private static ModelSet Check(ModelSet models, string? fingerprint) => fingerprint is null || Fingerprint(models) == fingerprint
        ? models
        : throw new ModelMismatchException([$"The story was begun with {fingerprint}; the services and settings now are {Fingerprint(models)}."]);

    private void Count(StoryEvent item)
    {
        if (item is StoryEvent.Frame)
        {
            metrics.FrameSent();
        }
        else if (item is StoryEvent.Finished finished)
        {
            metrics.StoryFinished(finished.Account.Total);
        }
    }

    /// <summary>Does something, and again while services are away or full, as long as the settings allow.</summary>
    private async Task<T> PatientlyAsync<T>(string id, Func<Task<T>> work, Func<TimeSpan> sinceNews, CancellationToken cancellationToken)
    {
        for (var wait = FirstWait; ; wait = Shorter(wait * 2, orchestrator.Value.MaxResumptionDelay))
        {
            try
            {
                return await work();
            }
            catch (ModelServiceException failure) when (failure.Failure != ModelServiceFailure.Refused && sinceNews() < options.Value.MaxOutage)
            {
                DurableStoryLog.Waiting(logger, id, failure.Message);
                await Task.Delay(Shorter(wait, options.Value.MaxOutage), time, cancellationToken);
            }
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
