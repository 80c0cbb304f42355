using System.Text;
using Phenaki.Models.Folders;
using Phenaki.Models.Text;

namespace Phenaki.Trainer.Transformer;

/// <summary>The vocabulary of a text encoder that learns from captions alone: whole words, so that a word that was never in a caption is known to be unknown.</summary>
internal sealed class CaptionVocabulary
{
    private const string TokenizerConfig = """
        {
          "do_lower_case": true
        }

        """;

    /// <summary>Makes the vocabulary.</summary>
    /// <param name="entries">Words and punctuation marks, lower case.</param>
    public CaptionVocabulary(IReadOnlyList<string> entries)
    {
        var words = entries.Where(entry => char.IsLetterOrDigit(entry[0])).ToList();
        byte[] model = SentencePieceModelWriter.Create(words, entries.Except(words));
        byte[] tokenizer = Encoding.UTF8.GetBytes(TokenizerConfig);
        Tokenizer = SentencePieceTokenizer.Create(ModelFolder.SentencePieceFileName, model, tokenizer);
        Files = new Dictionary<string, byte[]>
        {
            [ModelFolder.SentencePieceFileName] = model,
            [ModelFolder.TokenizerConfigFileName] = tokenizer,
        };
    }

    /// <summary>Splits captions into pieces.</summary>
    public SentencePieceTokenizer Tokenizer { get; }

    /// <summary>The tokenizer's files in the text encoder's folder, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }
}
