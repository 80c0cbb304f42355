namespace Phenaki.Serving.Tests;

/// <summary>Work of a number of steps that tells what was done to it, and by which thread.</summary>
internal sealed class CountingWork(int id, int steps, Action<CountingWork>? onStep = null) : IStepWork<int, string>
{
    public int Id { get; } = id;

    public int Steps { get; } = steps;

    public int Done { get; private set; }

    public int StepsDone => Done;

    public int Disposals { get; private set; }

    public HashSet<int> Threads { get; } = [Environment.CurrentManagedThreadId];

    public Action? OnProgress { get; init; }

    public Action? OnResult { get; init; }

    public Action? OnDispose { get; init; }

    public bool IsDone => Done == Steps;

    public void Step()
    {
        Assert.Equal(0, Disposals);
        Threads.Add(Environment.CurrentManagedThreadId);
        Done++;
        try
        {
            onStep?.Invoke(this);
        }
        catch
        {
            Done--;
            throw;
        }
    }

    public int Progress()
    {
        OnProgress?.Invoke();
        return Done;
    }

    public string Result()
    {
        OnResult?.Invoke();
        return $"{Id} after {Done}";
    }

    public void Dispose()
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        Disposals++;
        OnDispose?.Invoke();
    }
}
