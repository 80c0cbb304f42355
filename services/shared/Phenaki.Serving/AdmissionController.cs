using System.Diagnostics.CodeAnalysis;

namespace Phenaki.Serving;

/// <summary>
/// Decides at the door, at once, whether a service takes on a request: never more than fits, nothing that would come too late, nothing
/// before the model is loaded or after the service began to stop.
/// </summary>
/// <remarks>
/// The estimate is a moving mean of the model's time for a unit of cost. The model does one thing at a time and takes requests in turn, so
/// a new request of length t is held up by each other one for at most min(t, what that one still needs).
/// </remarks>
public sealed class AdmissionController
{
    private readonly AdmissionOptions options;
    private readonly TimeProvider time;
    private readonly ServingMetrics? metrics;
    private readonly Lock gate = new();
    private readonly HashSet<AdmissionTicket> tickets = [];
    private TaskCompletionSource? empty;
    private int waiting;
    private bool ready;
    private double? secondsPerCost;

    /// <summary>Opens a door that admits nothing until <see cref="MarkReady"/>.</summary>
    /// <param name="options">Validated settings.</param>
    /// <param name="time">Clock that deadlines are compared with.</param>
    /// <param name="metrics">Shows the load and the waits; null for none.</param>
    public AdmissionController(AdmissionOptions options, TimeProvider time, ServingMetrics? metrics = null)
    {
        this.options = options;
        this.time = time;
        this.metrics = metrics;
        metrics?.Observe(this);
    }

    /// <summary>Requests waiting or being served.</summary>
    public int Admitted
    {
        get
        {
            lock (gate)
            {
                return tickets.Count;
            }
        }
    }

    /// <summary>Of those, the ones that the model has not begun with.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting;
            }
        }
    }

    /// <summary>Most requests at the same time.</summary>
    public int Capacity => options.Capacity;

    /// <summary>True once <see cref="DrainAsync"/> was called.</summary>
    public bool IsDraining
    {
        get
        {
            lock (gate)
            {
                return empty is not null;
            }
        }
    }

    /// <summary>Estimated time of the model for a request of cost 1; null until one was served.</summary>
    public TimeSpan? ServiceTimeEstimate
    {
        get
        {
            lock (gate)
            {
                return secondsPerCost is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
            }
        }
    }

    /// <summary>Begins to admit: the model is loaded.</summary>
    public void MarkReady()
    {
        lock (gate)
        {
            ready = true;
        }
    }

    /// <summary>Admits a request or says why not, without waiting.</summary>
    /// <param name="cost">Size of the work, greater than 0, in any unit that is the same for all requests.</param>
    /// <param name="deadline">When the work is of no use any more; null for never.</param>
    /// <param name="ticket">To dispose when the work is over, however it ends.</param>
    /// <param name="refusal">Why not.</param>
    public bool TryEnter(
        double cost,
        DateTimeOffset? deadline,
        [NotNullWhen(true)] out AdmissionTicket? ticket,
        [NotNullWhen(false)] out AdmissionRefusal? refusal)
    {
        if (!(cost > 0 && double.IsFinite(cost)))
        {
            throw new ArgumentOutOfRangeException(nameof(cost), cost, "A cost is a number greater than 0.");
        }

        lock (gate)
        {
            refusal = Refuse(cost, deadline);
            ticket = refusal is null ? new AdmissionTicket(this, cost, time.GetTimestamp()) : null;
            if (ticket is not null)
            {
                tickets.Add(ticket);
                waiting++;
            }
        }

        return ticket is not null;
    }

    /// <summary>As <see cref="TryEnter"/>.</summary>
    /// <exception cref="AdmissionRefusedException">Not admitted.</exception>
    public AdmissionTicket Enter(double cost, DateTimeOffset? deadline) =>
        TryEnter(cost, deadline, out AdmissionTicket? ticket, out AdmissionRefusal? refusal)
            ? ticket
            : throw new AdmissionRefusedException(refusal);

    /// <summary>Refuses everything new from now on, and waits until what was admitted is over.</summary>
    /// <param name="cancellationToken">Ends the wait, not the draining.</param>
    public Task DrainAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (tickets.Count == 0)
            {
                empty.TrySetResult();
            }

            return empty.Task.WaitAsync(cancellationToken);
        }
    }

    internal void Begin(AdmissionTicket ticket)
    {
        lock (gate)
        {
            if (ticket.HasBegun || !tickets.Contains(ticket))
            {
                return;
            }

            ticket.HasBegun = true;
            waiting--;
        }

        metrics?.Waited(time.GetElapsedTime(ticket.Admitted));
    }

    internal void Leave(AdmissionTicket ticket)
    {
        lock (gate)
        {
            tickets.Remove(ticket);
            waiting -= ticket.HasBegun ? 0 : 1;
            if (ticket.IsCompleted)
            {
                double latest = ticket.ServiceTime.TotalSeconds / ticket.Cost;
                secondsPerCost += options.EstimateWeight * (latest - secondsPerCost);
                secondsPerCost ??= latest;
            }

            if (tickets.Count == 0)
            {
                empty?.TrySetResult();
            }
        }
    }

    private AdmissionRefusal? Refuse(double cost, DateTimeOffset? deadline)
    {
        if (empty is not null)
        {
            return new AdmissionRefusal(AdmissionRefusalReason.Draining, options.UnavailableRetryAfter, "The service is stopping.");
        }

        if (!ready)
        {
            return new AdmissionRefusal(
                AdmissionRefusalReason.NotReady, options.UnavailableRetryAfter, "The model is not loaded yet.");
        }

        if (tickets.Count >= options.Capacity)
        {
            return new AdmissionRefusal(
                AdmissionRefusalReason.QueueFull,
                RetryAfter(),
                $"{tickets.Count} requests are waiting or being served, and no more than {options.Capacity} are allowed.");
        }

        if (deadline is { } latest)
        {
            double left = (latest - time.GetUtcNow()).TotalSeconds;
            double own = cost * (secondsPerCost ?? 0);
            double needed = own + tickets.Sum(ticket => Math.Min(own, Remaining(ticket)));
            if (left <= 0 || needed > left)
            {
                return new AdmissionRefusal(
                    AdmissionRefusalReason.DeadlineCannotBeMet,
                    RetryAfter(),
                    FormattableString.Invariant(
                        $"The deadline is in {left:0.###} s; with {tickets.Count} requests ahead the work needs about {needed:0.###} s."));
            }
        }

        return null;
    }

    private double Remaining(AdmissionTicket ticket) =>
        Math.Max(0, (ticket.Cost * (secondsPerCost ?? 0)) - ticket.ServiceTime.TotalSeconds);

    /// <summary>The mean of what the admitted ones still need: about when the next place is free.</summary>
    private TimeSpan RetryAfter()
    {
        double seconds = tickets.Count == 0 ? 0 : tickets.Sum(Remaining) / tickets.Count;
        return TimeSpan.FromSeconds(Math.Clamp(
            seconds, options.MinRetryAfter.TotalSeconds, Math.Max(options.MinRetryAfter.TotalSeconds, options.MaxRetryAfter.TotalSeconds)));
    }
}
