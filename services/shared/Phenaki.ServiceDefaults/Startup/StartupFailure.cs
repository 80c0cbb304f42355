using Microsoft.Extensions.Hosting;

namespace Phenaki.ServiceDefaults.Startup;

/// <summary>Ends the process when a part of it that starts in the background cannot start.</summary>
/// <param name="lifetime">Of the process.</param>
public sealed class StartupFailure(IHostApplicationLifetime lifetime)
{
    private string? _message;

    /// <summary>Why the process ends, for people; null when it does not, or not for this.</summary>
    public string? Message => Volatile.Read(ref _message);

    /// <summary>Ends the process; of several messages the first is kept.</summary>
    public void Report(string message)
    {
        Interlocked.CompareExchange(ref _message, message, null);
        lifetime.StopApplication();
    }
}
