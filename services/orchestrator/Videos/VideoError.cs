namespace Phenaki.Orchestrator.Videos;

/// <summary>An error.</summary>
/// <param name="Message">For people: what was found and what is allowed.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Param">The field that is wrong.</param>
/// <param name="Code">For programs.</param>
internal sealed record VideoError(string Message, string Type, string? Param, string? Code);
