using System.Globalization;
using Phenaki.Fuzzing.Targets;

namespace Phenaki.Fuzzing;

/// <summary>Runs the cases of a target, one after another, and watches what they leave behind.</summary>
internal sealed class FuzzRun(FuzzSettings settings, TimeProvider time)
{
    // A call that was cancelled frees what it held within a step, which nobody can wait for.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal);
    private readonly List<FuzzFinding> _findings = [];
    private readonly List<MemoryUse> _memory = [];

    /// <summary>Runs all cases.</summary>
    public async Task<FuzzReport> RunAsync(FuzzTarget target, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        await target.StartAsync(cancellationToken);
        var done = 0;
        var round = Math.Max(1, settings.Count / settings.Rounds);
        while (done < settings.Count && _findings.Count < settings.MaxFindings)
        {
            var number = settings.First + done++;
            if (await WatchAsync(number, token => target.RunAsync(settings.RandomOf(number), token), cancellationToken) is { } outcome)
            {
                _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            }

            if (done % round == 0)
            {
                await WatchAsync(number, async token => { await target.CheckAsync(token); return ""; }, cancellationToken);
                await MeasureAsync(number, cancellationToken);
            }
        }

        return new(target.Name, done, _outcomes, _findings, _memory, time.GetElapsedTime(start));
    }

    private async Task<string?> WatchAsync(int number, Func<CancellationToken, Task<string>> work, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // What does not listen to its token hangs all the same, so the wait has an end of its own.
            var running = Task.Run(() => work(limit.Token), cancellationToken);
            return await running.WaitAsync(settings.CaseLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await limit.CancelAsync();
            Found(number, string.Create(CultureInfo.InvariantCulture, $"no end within {settings.CaseLimit.TotalSeconds} seconds"));
        }
        catch (FuzzFindingException finding)
        {
            Found(number, finding.Message);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Found(number, exception.ToString());
        }

        return null;
    }

    private async Task MeasureAsync(int number, CancellationToken cancellationToken)
    {
        var use = MemoryUse.Now();
        if (_memory.Count > 0)
        {
            var start = time.GetTimestamp();
            while (use.Tensors > _memory[0].Tensors && time.GetElapsedTime(start) < Settling)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
                use = MemoryUse.Now();
            }
        }

        _memory.Add(use);
        if (use.Tensors > _memory[0].Tensors
            || use.Managed > _memory[0].Managed + settings.MaxManagedGrowth
            || use.Process > _memory[0].Process + settings.MaxProcessGrowth)
        {
            Found(number, $"memory has grown: after the first round {_memory[0]}, now {use}");
        }
    }

    private void Found(int number, string what) => _findings.Add(new(number, what));
}
