namespace Phenaki.Fuzzing.Targets;

/// <summary>What is fuzzed.</summary>
internal abstract class FuzzTarget : IAsyncDisposable
{
    /// <summary>As in "text-encoder".</summary>
    public abstract string Name { get; }

    /// <summary>Gets ready.</summary>
    public abstract Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Runs a case.</summary>
    /// <param name="random">Decides everything about it.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>How it ended, as in "INVALID_ARGUMENT".</returns>
    /// <exception cref="FuzzFindingException">It ended as none may.</exception>
    public abstract Task<string> RunAsync(Random random, CancellationToken cancellationToken);

    /// <summary>Makes sure that what was fuzzed still does its work.</summary>
    /// <exception cref="FuzzFindingException">It does not.</exception>
    public abstract Task CheckAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
