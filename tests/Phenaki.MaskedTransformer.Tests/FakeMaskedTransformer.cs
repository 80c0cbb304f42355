using System.Threading.Channels;
using Phenaki.MaskedTransformer.Sampling;
using Phenaki.Models;
using Phenaki.Models.Masked;

namespace Phenaki.MaskedTransformer.Tests;

/// <summary>A model that unmasks one latent frame's worth of tokens a step: token i of a clip is (seed + i) modulo the codebook.</summary>
internal sealed class FakeMaskedTransformer : IMaskedTransformer
{
    private int _live;
    private int _steps;

    public MaskedTransformerConfig Config { get; init; } = new()
    {
        CodebookSize = 16,
        Rows = 2,
        Columns = 3,
        MaxLatentFrames = 3,
        Width = 4,
        Layers = 1,
        Heads = 1,
        Mlp = 4,
        TextWidth = 4,
        MaxTextTokens = 8,
        DefaultSampling = new() { Steps = 4, GuidanceScale = 2, Temperature = 1, ChoiceTemperature = 3 },
        TextEncoderFingerprint = "text",
        VideoTokenizerFingerprint = "video",
    };

    public ModelIdentity Identity { get; } = new("fake", "1", new string('a', 64), 42);

    /// <summary>When set, a step takes one permit.</summary>
    public SemaphoreSlim? Permits { get; init; }

    /// <summary>Runs within each step.</summary>
    public Action OnStep { get; init; } = () => { };

    /// <summary>Gets an item when a step begins.</summary>
    public Channel<int> Begun { get; } = Channel.CreateUnbounded<int>();

    /// <summary>Gets an item when a clip is disposed.</summary>
    public Channel<int> Disposed { get; } = Channel.CreateUnbounded<int>();

    public int Live => Volatile.Read(ref _live);

    public int Steps => Volatile.Read(ref _steps);

    public bool IsDisposed { get; private set; }

    public List<ClipRequest> Requests { get; } = [];

    public int MaxClipsPerForward => 1;

    public IClipSampler BeginClip(ClipRequest request)
    {
        Requests.Add(request);
        Interlocked.Increment(ref _live);
        return new Sampler(this, request);
    }

    public void Step(IReadOnlyList<IClipSampler> clips)
    {
        foreach (var clip in clips.Cast<Sampler>())
        {
            clip.Step();
        }
    }

    public void Dispose() => IsDisposed = true;

    private sealed class Sampler(FakeMaskedTransformer model, ClipRequest request) : IClipSampler
    {
        public int StepsDone { get; private set; }

        public int Steps => request.Sampling.Steps;

        public int Masked => Tokens.Count(t => t == model.Config.CodebookSize);

        public int[] Tokens
        {
            get
            {
                var frame = model.Config.Rows * model.Config.Columns;
                var tokens = Enumerable.Range(0, request.LatentFrames * frame)
                    .Select(i => StepsDone == Steps || i < StepsDone ? (int)((request.Seed + (ulong)i) % (ulong)model.Config.CodebookSize) : model.Config.CodebookSize)
                    .ToArray();
                request.PrefixTokens.CopyTo(tokens, 0);
                return tokens;
            }
        }

        public void Step()
        {
            Interlocked.Increment(ref model._steps);
            model.Begun.Writer.TryWrite(StepsDone);
            model.Permits?.Wait(TimeSpan.FromSeconds(50));
            model.OnStep();
            StepsDone++;
        }

        public void Dispose()
        {
            Interlocked.Decrement(ref model._live);
            model.Disposed.Writer.TryWrite(StepsDone);
        }
    }
}
