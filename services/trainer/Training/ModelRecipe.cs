namespace Phenaki.Trainer.Training;

/// <summary>Which settings make a whole model.</summary>
internal sealed record ModelRecipe
{
    /// <summary>Settings of the video tokenizer: a file, seen from the recipe's folder.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>
    /// Settings of further trainings of the video tokenizer, each of which begins with the one before, likewise; the first is the teacher of all that have layers. Default none.
    /// </summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>Settings of masked transformer and text encoder, likewise.</summary>
    public required string Transformer { get; init; }

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        foreach (var (name, value) in Layers.Select(file => ("layers", file)).Prepend(("tokenizer", Tokenizer)).Append(("transformer", Transformer)))
        {
            if (value.Length == 0)
            {
                yield return $"{name} is empty; it names a file of settings";
            }
        }
    }

    /// <summary>The recipe with the files where they lie.</summary>
    /// <param name="path">Path of the recipe itself.</param>
    public ModelRecipe SeenFrom(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return new ModelRecipe
        {
            Tokenizer = Path.Combine(folder, Tokenizer), Layers = [.. Layers.Select(file => Path.Combine(folder, file))], Transformer = Path.Combine(folder, Transformer),
        };
    }
}
