using Phenaki.Geometry;
using Phenaki.Models;
using Phenaki.Serving;
using Phenaki.VideoTokenizer.Sessions;

namespace Phenaki.VideoTokenizer;

/// <summary>The model on its one thread, shared by a bounded number of sessions that take turns, a few latent frames each.</summary>
internal sealed class VideoTokenizerEngine : IAsyncDisposable
{
    private readonly ModelThread _thread;
    private readonly IVideoTokenizer _model;
    private readonly AdmissionController _admission;
    private readonly VideoTokenizerMetrics _metrics;
    private readonly TimeProvider _time;

    private VideoTokenizerEngine(ModelThread thread, IVideoTokenizer model, VideoTokenizerOptions options, VideoTokenizerMetrics metrics, TimeProvider time)
    {
        _thread = thread;
        _model = model;
        _metrics = metrics;
        _time = time;
        Identity = model.Identity;
        Geometry = model.Geometry;
        CodebookSize = model.CodebookSize;
        MaxLatentFrames = model.MaxLatentFrames;
        LatentFramesTogether = model.LatentFramesTogether;
        FramesPerSecond = model.FramesPerSecond;
        _admission = new AdmissionController(new AdmissionOptions { Capacity = options.MaxSessions }, time, metrics.Serving);
        metrics.Serving.ShowModel(Identity.Name, Identity.Version, Identity.Fingerprint);
        metrics.StartAtZero();
        _admission.MarkReady();
    }

    /// <summary>Name, version and fingerprint of the model.</summary>
    public ModelIdentity Identity { get; }

    /// <summary>Frame, patch and token arithmetic.</summary>
    public VideoGeometry Geometry { get; }

    /// <summary>Number of codes.</summary>
    public int CodebookSize { get; }

    /// <summary>Most latent frames in a session.</summary>
    public int MaxLatentFrames { get; }

    /// <summary>Most latent frames of a turn, at least 1.</summary>
    public int LatentFramesTogether { get; }

    /// <summary>Frames per second of the training clips.</summary>
    public double FramesPerSecond { get; }

    /// <summary>Sessions under way.</summary>
    public int Sessions => _admission.Admitted;

    /// <summary>Loads the model on a thread of its own.</summary>
    public static async Task<VideoTokenizerEngine> LoadAsync(
        Func<IVideoTokenizer> load, VideoTokenizerOptions options, VideoTokenizerMetrics metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        var thread = new ModelThread("video-tokenizer");
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

    /// <summary>Begins to encode a video.</summary>
    /// <exception cref="AdmissionRefusedException">Refused at once.</exception>
    public Task<TokenizerSession<IVideoEncodeSession>> BeginEncodeAsync(CancellationToken cancellationToken) => BeginAsync(_model.BeginEncode, cancellationToken);

    /// <summary>Begins to decode a video.</summary>
    /// <param name="firstFrame">First frame that is wanted; those before it are context.</param>
    /// <param name="cancellationToken">Gives up waiting for the model's thread.</param>
    /// <exception cref="AdmissionRefusedException">Refused at once.</exception>
    public Task<TokenizerSession<IVideoDecodeSession>> BeginDecodeAsync(int firstFrame, CancellationToken cancellationToken) =>
        BeginAsync(() => _model.BeginDecode(firstFrame), cancellationToken);

    /// <summary>Frees the model once the work that waits is done.</summary>
    public async ValueTask DisposeAsync()
    {
        await _thread.ReleaseAsync(_model);
        await _thread.DisposeAsync();
    }

    private async Task<TokenizerSession<T>> BeginAsync<T>(Func<T> begin, CancellationToken cancellationToken)
        where T : class, IDisposable
    {
        // How long a stream will be is not known when it begins, so nothing can be said about its deadline.
        var ticket = _admission.Enter(cost: 1, deadline: null);
        try
        {
            return new(_thread, ticket, await _thread.InvokeAsync(Begin, cancellationToken), _metrics, _time);
        }
        catch
        {
            ticket.Dispose();
            throw;
        }

        T Begin()
        {
            ticket.Begin();
            return begin();
        }
    }
}
