using Phenaki.Fuzzing.Targets;

namespace Phenaki.Fuzzing.Tests;

/// <summary>A target whose faults a test chooses.</summary>
internal sealed class StagedTarget : FuzzTarget
{
    public override string Name => "staged";

    public Func<Random, CancellationToken, Task<string>> OnRun { get; init; } = (_, _) => Task.FromResult("fine");

    public Func<Task> OnCheck { get; init; } = () => Task.CompletedTask;

    public override Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task<string> RunAsync(Random random, CancellationToken cancellationToken) => OnRun(random, cancellationToken);

    public override Task CheckAsync(CancellationToken cancellationToken) => OnCheck();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
