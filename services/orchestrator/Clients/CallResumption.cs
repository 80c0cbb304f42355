using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace Phenaki.Orchestrator.Clients;

/// <summary>
/// Makes a call again that broke off after it had begun, which gRPC's own retry does not, or that met a full queue. Every call gives the same
/// answer however often and wherever it is made, so a story goes on as if nothing had happened, on another replica if need be.
/// </summary>
internal sealed class CallResumption(
    ModelRegistry models, IOptions<OrchestratorOptions> options, TimeProvider time, StoryMetrics metrics, ILogger<CallResumption> logger)
{
    private static readonly ResiliencePropertyKey<DateTimeOffset?> Deadline = new("deadline");
    private readonly ResiliencePipeline _pipeline = Build(options.Value, time, metrics, logger);

    /// <summary>Makes a call, and again if it has to be.</summary>
    /// <param name="expected">The models that the story is made with. After a failure another may answer in their place, and must not.</param>
    /// <param name="call">The call.</param>
    /// <param name="scope">How long all attempts together may go on.</param>
    /// <exception cref="ModelServiceException">The call failed too often.</exception>
    /// <exception cref="ModelMismatchException">Another model came up in place of one of the story.</exception>
    public async Task<T> RunAsync<T>(ModelSet expected, Func<CallScope, Task<T>> call, CallScope scope)
    {
        var context = ResilienceContextPool.Shared.Get(scope.CancellationToken);
        context.Properties.Set(Deadline, scope.Deadline);
        try
        {
            var first = true;
            return await _pipeline.ExecuteAsync(
                async attempt =>
                {
                    var within = scope with { CancellationToken = attempt.CancellationToken };
                    if (!first)
                    {
                        await EnsureSameAsync(expected, within);
                    }

                    first = false;
                    return await call(within);
                },
                context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task EnsureSameAsync(ModelSet expected, CallScope scope)
    {
        var current = await models.RefreshAsync(scope);
        if (!current.HasSameModels(expected))
        {
            throw new ModelMismatchException(
            [
                $"The story began with the models {Names(expected)}; the services now have {Names(current)}.",
            ]);
        }
    }

    private static string Names(ModelSet models) => string.Join(
        ", ", new[] { models.TextEncoder.Model, models.VideoTokenizer.Model, models.MaskedTransformer.Model }.Select(m => m.Fingerprint));

    private static ResiliencePipeline Build(OrchestratorOptions options, TimeProvider time, StoryMetrics metrics, ILogger logger)
    {
        if (options.MaxResumptions == 0)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.MaxResumptions,
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is ModelServiceException failure && IsWorthIt(failure, arguments.Context)),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(Wait(arguments)),
                OnRetry = arguments =>
                {
                    var failure = (ModelServiceException)arguments.Outcome.Exception!;
                    metrics.Resumed(failure.Service);
                    StoryLog.Resuming(logger, failure.Service, failure.Message, arguments.AttemptNumber + 1, arguments.RetryDelay);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

        // A service may ask for a longer wait than ours, not for a shorter one: a queue that stays full would use up all tries at once.
        TimeSpan Wait(RetryDelayGeneratorArguments<object> arguments)
        {
            var ours = options.ResumptionDelay * Math.Pow(2, arguments.AttemptNumber);
            var theirs = (arguments.Outcome.Exception as ModelServiceException)?.RetryAfter ?? TimeSpan.Zero;
            return new(Math.Min(options.MaxResumptionDelay.Ticks, Math.Max(ours.Ticks, theirs.Ticks)));
        }

        bool IsWorthIt(ModelServiceException failure, ResilienceContext context)
        {
            // A full queue that does not say when it has room again does not want to be asked again; nor is there a point past the deadline.
            var wait = failure.RetryAfter ?? (failure.Failure == ModelServiceFailure.Unreachable ? TimeSpan.Zero : TimeSpan.MaxValue);
            return failure.Failure is ModelServiceFailure.Unreachable or ModelServiceFailure.Overloaded
                && wait <= options.MaxResumptionDelay
                && (context.Properties.GetValue(Deadline, null) is not { } deadline || time.GetUtcNow() + wait < deadline);
        }
    }
}
