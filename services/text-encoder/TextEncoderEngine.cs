using Phenaki.Models;
using Phenaki.Models.Text;
using Phenaki.Serving;
using Phenaki.TextEncoder.Encoding;

namespace Phenaki.TextEncoder;

/// <summary>The model behind a queue that gathers the prompts of all streams into batches, on the model's one thread.</summary>
internal sealed class TextEncoderEngine : IAsyncDisposable
{
    private readonly ModelThread _thread;
    private readonly ITextEncoder _model;
    private readonly BatchingQueue<Prompt, PromptEmbedding> _queue;
    private readonly TextEncoderMetrics _metrics;
    private readonly TimeProvider _time;

    private TextEncoderEngine(ModelThread thread, ITextEncoder model, TextEncoderOptions options, TextEncoderMetrics metrics, TimeProvider time)
    {
        _thread = thread;
        _model = model;
        _metrics = metrics;
        _time = time;
        Identity = model.Identity;
        Width = model.Width;
        MaxTokens = model.MaxTokens;
        var admission = new AdmissionController(new AdmissionOptions { Capacity = options.MaxQueue }, time, metrics.Serving);
        var batching = new BatchingOptions
        {
            MaxBatchCost = options.MaxBatchTokens,
            MaxBatchItems = options.MaxBatchPrompts,
            MaxWait = TimeSpan.FromMilliseconds(options.BatchWaitMilliseconds),
        };
        _queue = new BatchingQueue<Prompt, PromptEmbedding>(thread, admission, batching, Encode, time);
        metrics.Serving.ShowModel(Identity.Name, Identity.Version, Identity.Fingerprint);
        admission.MarkReady();
    }

    /// <summary>Name, version and fingerprint of the model.</summary>
    public ModelIdentity Identity { get; }

    /// <summary>Width of an embedding row.</summary>
    public int Width { get; }

    /// <summary>Most tokens of a prompt.</summary>
    public int MaxTokens { get; }

    /// <summary>Loads the model on a thread of its own.</summary>
    public static async Task<TextEncoderEngine> LoadAsync(
        Func<ITextEncoder> load, TextEncoderOptions options, TextEncoderMetrics metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        var thread = new ModelThread("text-encoder");
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

    /// <summary>Encodes a prompt.</summary>
    /// <param name="prompt">A valid prompt.</param>
    /// <param name="deadline">When the embedding is of no use any more; null for never.</param>
    /// <param name="cancellationToken">Takes the prompt back.</param>
    /// <exception cref="AdmissionRefusedException">Refused at once.</exception>
    public async Task<PromptEmbedding> EncodeAsync(Prompt prompt, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        using var span = TextEncoderTracing.Prompt(prompt.Index);
        return await _queue.RunAsync(
            span is null ? prompt : prompt with { Span = span.Context }, new WorkTerms(prompt.EstimatedTokens, deadline), cancellationToken);
    }

    /// <summary>Ends the prompts that wait, then frees the model.</summary>
    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        await _thread.ReleaseAsync(_model);
        await _thread.DisposeAsync();
    }

    private PromptEmbedding[] Encode(IReadOnlyList<Prompt> prompts)
    {
        using var span = TextEncoderTracing.Batch(prompts);
        var start = _time.GetTimestamp();
        var embeddings = new PromptEmbedding[prompts.Count];
        foreach (var group in Enumerable.Range(0, prompts.Count).GroupBy(i => prompts[i].MaxTokens))
        {
            var indices = group.ToArray();
            var encoded = _model.Encode([.. indices.Select(i => prompts[i].Text)], group.Key);
            for (var i = 0; i < indices.Length; i++)
            {
                embeddings[indices[i]] = encoded[i];
            }
        }

        _metrics.BatchDone(prompts.Count, _time.GetElapsedTime(start));
        return embeddings;
    }
}
