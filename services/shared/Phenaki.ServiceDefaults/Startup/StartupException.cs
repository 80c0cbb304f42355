namespace Phenaki.ServiceDefaults.Startup;

/// <summary>A service cannot start, for a reason that a person can remedy; the message says how and is all that is shown.</summary>
public sealed class StartupException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StartupException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public StartupException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
