using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Clients;

/// <summary>
/// Knows the models behind the services. Asks until all three are up, whatever the order in which they start, and again from time to time;
/// health says NOT_SERVING while one is missing or they do not fit each other.
/// </summary>
internal sealed class ModelRegistry(
    ITextEncoderClient text,
    IVideoTokenizerClient video,
    IMaskedTransformerClient masked,
    IOptions<OrchestratorOptions> options,
    TimeProvider time,
    ILogger<ModelRegistry> logger) : BackgroundService, IHealthCheck, IWarmup
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ModelSet? _current;
    private volatile ModelSet? _known;
    private volatile string? _problem = "";

    /// <inheritdoc/>
    public string ServiceName => StoryService.Descriptor.FullName;

    /// <inheritdoc/>
    public Task Completion => _ready.Task;

    /// <summary>The models; asked for now where they are not known.</summary>
    /// <exception cref="ModelServiceException">A service is not up.</exception>
    /// <exception cref="ModelMismatchException">The models do not fit each other.</exception>
    public async Task<ModelSet> GetAsync(CallScope scope) => _current ?? await RefreshAsync(scope);

    /// <summary>
    /// The models, or those that were served last while a service is away: for what has been made with them already. Asked for now where none are known.
    /// </summary>
    /// <inheritdoc cref="GetAsync(CallScope)"/>
    public async Task<ModelSet> LastAsync(CallScope scope) => _known ?? await RefreshAsync(scope);

    /// <summary>The models; asked for now.</summary>
    /// <inheritdoc cref="GetAsync(CallScope)"/>
    public async Task<ModelSet> RefreshAsync(CallScope scope)
    {
        try
        {
            var textCard = text.GetModelAsync(scope);
            var videoCard = video.GetModelAsync(scope);
            var maskedCard = masked.GetModelAsync(scope);

            // All are waited for, but of several that are down the first is always named first.
            await Task.WhenAll(textCard, videoCard, maskedCard).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var models = ModelCompatibility.Check(
                await textCard, await videoCard, await maskedCard, options.Value.ClipFrames, options.Value.PrefixFrames);
            Found(models);
            return models;
        }
        catch (Exception failure) when (failure is ModelServiceException or ModelServiceFaultException or ModelMismatchException)
        {
            Missing(failure);
            throw;
        }
    }

    /// <summary>Healthy while all models are known and fit each other.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_current is not null ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(_problem));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(new(null, stoppingToken));
            }
            catch (Exception failure) when (failure is ModelServiceException or ModelServiceFaultException or ModelMismatchException)
            {
                // Said where it was found; the next round asks again.
            }

            await Task.Delay(_current is null ? options.Value.ModelRetryInterval : options.Value.ModelRefreshInterval, time, stoppingToken);
        }
    }

    private void Found(ModelSet models)
    {
        var before = _current;
        _current = _known = models;
        _problem = null;
        if (before is null || !before.HasSameModels(models))
        {
            StoryLog.ModelsReady(
                logger, models.TextEncoder.Model.Name, models.VideoTokenizer.Model.Name, models.MaskedTransformer.Model.Name);
        }

        _ready.TrySetResult();
    }

    private void Missing(Exception failure)
    {
        _current = null;
        var isNews = Interlocked.Exchange(ref _problem, failure.Message) != failure.Message;
        if (isNews && failure is ModelServiceException)
        {
            StoryLog.Waiting(logger, failure.Message);
        }
        else if (isNews)
        {
            StoryLog.ModelsDoNotFit(logger, failure.Message);
        }

        if (failure is ModelMismatchException)
        {
            // Whoever waits for the start, such as a program that hosts all services, would wait in vain.
            _ready.TrySetException(new StartupException(failure.Message, failure));
        }
    }
}
