using System.Text;

namespace Phenaki.Caching;

/// <summary>The form in which a prompt is both looked up and encoded, so that what is cached is what would be computed.</summary>
public static class PromptText
{
    /// <summary>
    /// Trims the text, makes every run of white space one space, puts U+FFFD in place of broken surrogates (UTF-8 has no form for
    /// them) and composes characters (Unicode NFC).
    /// </summary>
    /// <remarks>
    /// A runtime without Unicode data (InvariantGlobalization) composes nothing: "e" with a combining accent and "é" are then two keys,
    /// which costs a miss; T5's tokenizer composes for itself.
    /// </remarks>
    public static string Normalise(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var builder = new StringBuilder(text.Length);
        bool gap = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                gap = builder.Length > 0;
                continue;
            }

            if (gap)
            {
                builder.Append(' ');
                gap = false;
            }

            builder.Append(rune.ToString());
        }

        return builder.ToString().Normalize(NormalizationForm.FormC);
    }
}
