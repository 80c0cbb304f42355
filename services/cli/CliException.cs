namespace Phenaki.Cli;

/// <summary>A command ends with messages for people: what is wrong and what to change.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="messages">At least one; a line each.</param>
internal sealed class CliException(int exitCode, params IReadOnlyList<string> messages) : Exception(string.Join('\n', messages))
{
    /// <summary>What the process answers.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>What is said, a line each.</summary>
    public IReadOnlyList<string> Messages { get; } = messages;

    /// <summary>What was typed has to change.</summary>
    public static CliException Usage(params IReadOnlyList<string> messages) => new(ExitCodes.Usage, messages);

    /// <summary>It could not be done.</summary>
    public static CliException Failure(params IReadOnlyList<string> messages) => new(ExitCodes.Failure, messages);
}
