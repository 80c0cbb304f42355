using Phenaki.Fuzzing.Mutations;
using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Safetensors;
using Phenaki.Testing;

namespace Phenaki.Fuzzing.Targets;

/// <summary>The reader of safetensors files: a damaged file is a <see cref="ModelFormatException"/> or is read; there is nothing else.</summary>
internal sealed class SafetensorsTarget : FuzzTarget
{
    private readonly TemporaryFolder _folder = new();

    /// <inheritdoc/>
    public override string Name => "safetensors";

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded();
        return CheckAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<string> RunAsync(Random random, CancellationToken cancellationToken) =>
        await ReadAsync(SafetensorsBytes.Damaged(random), cancellationToken) is { } refusal ? Kind(refusal) : "read";

    /// <inheritdoc/>
    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(SafetensorsBytes.Good(), cancellationToken) is { } refusal)
        {
            throw new FuzzFindingException($"the good file is refused: {refusal}");
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string?> ReadAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        var path = _folder.Of("model.safetensors");
        await File.WriteAllBytesAsync(path, bytes, cancellationToken);
        try
        {
            using var file = SafetensorsFile.Open(path);
            foreach (var entry in file.Tensors.Values)
            {
                using var tensor = file.ReadTensor(entry.Name);
                if (!tensor.shape.SequenceEqual(entry.Shape))
                {
                    throw new FuzzFindingException($"{entry.Name} was read with another shape than the file says");
                }

                if (entry.Dtype is SafetensorsDtype.F32 or SafetensorsDtype.F16 or SafetensorsDtype.BF16)
                {
                    _ = file.ReadFloats(entry.Name);
                }
            }

            return null;
        }
        catch (ModelFormatException refusal)
        {
            return refusal.Message;
        }
    }

    private string Kind(string refusal)
    {
        // Without names and numbers, so that refusals of one kind are counted together.
        var words = refusal.Replace(_folder.Path, "", StringComparison.Ordinal).Split(' ').Where(word => word.Length > 0 && word.All(char.IsLetter));
        return $"refused: {string.Join(' ', words.Take(5))}";
    }
}
