namespace Phenaki.Serving;

/// <summary>The right to be served. Disposing it, once or more, makes room for the next.</summary>
public sealed class AdmissionTicket : IDisposable
{
    private readonly AdmissionController controller;
    private long serviceTicks;
    private int completed;
    private int left;

    internal AdmissionTicket(AdmissionController controller, double cost, long admitted)
    {
        this.controller = controller;
        Cost = cost;
        Admitted = admitted;
    }

    /// <summary>Size of the work, in the unit that the service counts in (steps, tokens).</summary>
    public double Cost { get; }

    /// <summary>Time that the model has spent on the work so far.</summary>
    public TimeSpan ServiceTime => TimeSpan.FromTicks(Interlocked.Read(ref serviceTicks));

    /// <summary>When it was given, by the clock of its controller.</summary>
    internal long Admitted { get; }

    /// <summary>True once the model has begun with the work; the controller's, under its lock.</summary>
    internal bool HasBegun { get; set; }

    internal bool IsCompleted => Volatile.Read(ref completed) == 1;

    /// <summary>Says that the model begins with the work, which ends its wait; only the first time counts.</summary>
    public void Begin() => controller.Begin(this);

    /// <summary>Adds time that the model spent on the work.</summary>
    public void AddServiceTime(TimeSpan time) => Interlocked.Add(ref serviceTicks, time.Ticks);

    /// <summary>Says that the work was done to its end, so that its service time tells about others.</summary>
    public void Complete() => Volatile.Write(ref completed, 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref left, 1) == 0)
        {
            controller.Leave(this);
        }
    }
}
