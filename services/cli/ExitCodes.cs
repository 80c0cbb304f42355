namespace Phenaki.Cli;

/// <summary>What the process answers its caller.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>It was asked for correctly and could not be done.</summary>
    public const int Failure = 1;

    /// <summary>It was asked for wrongly: what was typed has to change.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl-C, as shells count it.</summary>
    public const int Cancelled = 130;
}
