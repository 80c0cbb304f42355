namespace Phenaki.Cli.Stories;

/// <summary>What the services take as text.</summary>
internal static class TextRules
{
    /// <summary>Most characters of a prompt.</summary>
    public const int MaxPrompt = 4_096;

    /// <summary>Adds what is wrong with a text.</summary>
    /// <param name="problems">Gets a line for each.</param>
    /// <param name="name">What people call the text.</param>
    /// <param name="text">The text.</param>
    /// <param name="most">Most characters.</param>
    /// <param name="mayBeEmpty">False where something must be said.</param>
    public static void Check(List<string> problems, string name, string text, int most, bool mayBeEmpty)
    {
        if (!mayBeEmpty && string.IsNullOrWhiteSpace(text))
        {
            problems.Add($"{name} is empty; allowed are 1 to {most} characters.");
        }

        if (text.Length > most)
        {
            problems.Add($"{name} has {text.Length} characters; allowed are {(mayBeEmpty ? 0 : 1)} to {most}.");
        }

        var control = text.AsSpan().IndexOfAnyInRange('\0', '\x1f');
        if (control < 0)
        {
            control = text.AsSpan().IndexOfAnyInRange('\x7f', '\x9f');
        }

        if (control >= 0)
        {
            problems.Add($"{name} has the control character U+{(int)text[control]:X4} at position {control + 1}; remove it.");
        }
    }
}
