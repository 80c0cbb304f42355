namespace Phenaki.Fuzzing;

/// <summary>A case ended as none may.</summary>
internal sealed class FuzzFindingException(string message) : Exception(message);
