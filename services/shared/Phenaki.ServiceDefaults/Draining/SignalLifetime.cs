using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Phenaki.ServiceDefaults.Draining;

/// <summary>Asks the process to leave on SIGTERM, and without delay on SIGINT and SIGQUIT, which people send.</summary>
internal sealed class SignalLifetime(Drain drain, IHostApplicationLifetime lifetime) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        Register(PosixSignal.SIGTERM, drain.Begin);
        Register(PosixSignal.SIGINT, lifetime.StopApplication);
        Register(PosixSignal.SIGQUIT, lifetime.StopApplication);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void Register(PosixSignal signal, Action react) => _signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        // The process ends when the host has, not now.
        context.Cancel = true;
        react();
    }));
}
