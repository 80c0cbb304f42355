using System.Diagnostics;
using Phenaki.MaskedTransformer.Sampling;
using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Serving;

namespace Phenaki.MaskedTransformer;

/// <summary>
/// The model behind a scheduler: up to <see cref="MaskedTransformerOptions.MaxActive"/> clips advance together on the model's one thread. A clip's tokens do
/// not depend on what else is being sampled.
/// </summary>
internal sealed class MaskedTransformerEngine : IAsyncDisposable
{
    private readonly ModelThread _thread;
    private readonly IMaskedTransformer _model;
    private readonly StepScheduler<ClipWork, ClipProgress, int[]> _scheduler;
    private readonly MaskedTransformerMetrics _metrics;

    private MaskedTransformerEngine(
        ModelThread thread, IMaskedTransformer model, MaskedTransformerOptions options, MaskedTransformerMetrics metrics, TimeProvider time)
    {
        _thread = thread;
        _model = model;
        _metrics = metrics;
        Config = model.Config;
        Identity = model.Identity;
        var admission = new AdmissionController(new AdmissionOptions { Capacity = options.MaxQueue }, time, metrics.Serving);

        // Room for every step of the longest clip: none may be lost on the wire.
        _scheduler = new(thread, admission, new() { MaxActive = options.MaxActive, ProgressCapacity = MaskedTransformerConfig.MaxStepsOfAllStages }, Step, time);
        metrics.Serving.ShowModel(Identity.Name, Identity.Version, Identity.Fingerprint);
        metrics.StartAtZero();
        admission.MarkReady();
    }

    /// <summary>Sizes, limits and defaults of the model.</summary>
    public MaskedTransformerConfig Config { get; }

    /// <summary>Name, version and fingerprint of the model.</summary>
    public ModelIdentity Identity { get; }

    /// <summary>Most clips that share a forward pass.</summary>
    public int MaxClipsPerForward => _model.MaxClipsPerForward;

    /// <summary>Clips that advance together.</summary>
    public int Active => _scheduler.Active;

    /// <summary>Clips that wait for their turn.</summary>
    public int Waiting => _scheduler.Waiting;

    /// <summary>Loads the model on a thread of its own.</summary>
    public static async Task<MaskedTransformerEngine> LoadAsync(
        Func<IMaskedTransformer> load, MaskedTransformerOptions options, MaskedTransformerMetrics metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        var thread = new ModelThread("masked-transformer");
        try
        {
            return new(thread, await thread.InvokeAsync(load, cancellationToken), options, metrics, time);
        }
        catch
        {
            await thread.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes a clip on.</summary>
    /// <param name="request">A valid request.</param>
    /// <param name="withTokens">Whether the progress carries the tokens so far.</param>
    /// <param name="deadline">When the clip is of no use any more; null for never.</param>
    /// <param name="priority">Who goes first where clips wait.</param>
    /// <param name="cancellationToken">Frees the clip's place before its next step.</param>
    /// <exception cref="AdmissionRefusedException">Refused at once.</exception>
    public StepRun<ClipProgress, int[]> Start(
        ClipRequest request, bool withTokens, DateTimeOffset? deadline, WorkPriority priority, CancellationToken cancellationToken)
    {
        // What a step costs grows with the tokens, and doubles with guidance.
        var rows = request.Sampling.GuidanceScale == 1 ? 1 : 2;
        var stages = _model.Config.Stages(request.LatentFrames, request.PrefixTokens.Length, request.Sampling.Steps);
        var cost = (double)rows * stages.Sum(stage => stage.LatentFrames * stage.Steps);
        var call = Activity.Current?.Context ?? default;
        return _scheduler.Start(
            () => new ClipWork(_model.BeginClip(request), withTokens, rows, call), new WorkTerms(cost, deadline, priority), cancellationToken);
    }

    private void Step(IReadOnlyList<ClipWork> clips)
    {
        var start = Stopwatch.GetTimestamp();
        var spans = clips.Select(clip => MaskedTransformerTracing.Step(clip.Call, clip.StepsDone + 1)).ToList();
        try
        {
            _model.Step([.. clips.Select(clip => clip.Sampler)]);
        }
        finally
        {
            // The last span begun is the current one.
            spans.AsEnumerable().Reverse().ToList().ForEach(span => span?.Dispose());
        }

        _metrics.StepDone(clips.Sum(clip => clip.Rows), Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Ends the clips before their next step, then frees the model.</summary>
    public async ValueTask DisposeAsync()
    {
        await _scheduler.DisposeAsync();
        await _thread.ReleaseAsync(_model);
        await _thread.DisposeAsync();
    }
}
