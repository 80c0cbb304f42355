namespace Phenaki.Orchestrator.Videos;

/// <summary>A file that was written for clients.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="Hash">SHA-256 of what it holds, hexadecimal.</param>
internal sealed record VideoFile(string Path, long Bytes, string Hash);
