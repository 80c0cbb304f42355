namespace Phenaki.Orchestrator.Stories;

/// <summary>Counts the calls and the time that a story takes. One story works one stage at a time, so nothing here is locked.</summary>
/// <param name="time">The clock.</param>
/// <param name="metrics">Gets every stage as well.</param>
internal sealed class StoryLedger(TimeProvider time, StoryMetrics metrics)
{
    private readonly long _start = time.GetTimestamp();
    private readonly int[] _calls = new int[Enum.GetValues<StoryStage>().Length];
    private readonly TimeSpan[] _spent = new TimeSpan[Enum.GetValues<StoryStage>().Length];

    /// <summary>Prompts whose embedding came from the cache.</summary>
    public int PromptsFromCache { get; set; }

    /// <summary>Counts calls that are made.</summary>
    public void AddCalls(StoryStage stage, int calls)
    {
        _calls[(int)stage] += calls;
        metrics.ModelCalls(stage, calls);
    }

    /// <summary>Does some work and books its time, also when it fails.</summary>
    public async Task<T> SpendAsync<T>(StoryStage stage, Func<Task<T>> work)
    {
        var start = time.GetTimestamp();
        try
        {
            return await work();
        }
        finally
        {
            Book(stage, time.GetElapsedTime(start));
        }
    }

    /// <summary>Does some work and books what no other stage books meanwhile.</summary>
    public async Task<T> SpendRestAsync<T>(StoryStage stage, Func<Task<T>> work)
    {
        var start = time.GetTimestamp();
        var booked = Booked();
        try
        {
            return await work();
        }
        finally
        {
            Book(stage, time.GetElapsedTime(start) - (Booked() - booked));
        }
    }

    /// <summary>The account so far.</summary>
    public StoryAccount Close() => new()
    {
        EncodePromptsCalls = _calls[(int)StoryStage.EncodePrompts],
        SampleTokensCalls = _calls[(int)StoryStage.SampleTokens],
        DecodeVideoCalls = _calls[(int)StoryStage.DecodeVideo],
        EncodeVideoCalls = _calls[(int)StoryStage.EncodeVideo],
        PromptsFromCache = PromptsFromCache,
        Stages = Enum.GetValues<StoryStage>().ToDictionary(stage => stage, stage => _spent[(int)stage]),
        Total = time.GetElapsedTime(_start),
    };

    private TimeSpan Booked() => _spent.Aggregate(TimeSpan.Zero, (sum, spent) => sum + spent);

    private void Book(StoryStage stage, TimeSpan elapsed)
    {
        _spent[(int)stage] += elapsed;
        metrics.StageDone(stage, elapsed);
    }
}
