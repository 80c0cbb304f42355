namespace Phenaki.Contracts;

/// <summary>What is wrong with a field of a message.</summary>
/// <param name="Field">Path of the field, as in <c>text_embedding.shape</c>.</param>
/// <param name="Message">The value found and what is allowed, as a sentence.</param>
public readonly record struct FieldProblem(string Field, string Message)
{
    /// <summary>As in "text_embedding.shape: is [3], must be [1..64, 256]."</summary>
    public override string ToString() => $"{Field}: {Message}";
}
