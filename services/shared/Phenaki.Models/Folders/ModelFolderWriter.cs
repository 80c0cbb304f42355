using Phenaki.Models.Safetensors;

namespace Phenaki.Models.Folders;

/// <summary>Writes a whole model folder aside and swaps it in.</summary>
internal static class ModelFolderWriter
{
    private static readonly string[] OwnFiles =
        [ModelFolder.ConfigFileName, ModelFolder.CardFileName, SafetensorsCheckpoint.FileName, ModelFolder.SentencePieceFileName, ModelFolder.TokenizerConfigFileName];

    public static void Write(string path, byte[] config, IEnumerable<WritableTensor> tensors, string card, IReadOnlyDictionary<string, byte[]>? extraFiles)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        RefuseForeignFiles(target, extraFiles?.Keys ?? []);
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? throw new ArgumentException($"{path} cannot be a model folder.", nameof(path)));
        var aside = $"{target}.{Path.GetRandomFileName()}";
        try
        {
            Directory.CreateDirectory(aside);
            SafetensorsWriter.Write(Path.Combine(aside, SafetensorsCheckpoint.FileName), tensors, new Dictionary<string, string> { ["format"] = "pt" });
            File.WriteAllBytes(Path.Combine(aside, ModelFolder.ConfigFileName), config);
            File.WriteAllText(Path.Combine(aside, ModelFolder.CardFileName), card);
            foreach (var (name, bytes) in extraFiles ?? new Dictionary<string, byte[]>())
            {
                File.WriteAllBytes(Path.Combine(aside, name), bytes);
            }

            Swap(target, aside);
        }
        catch
        {
            DeleteIfThere(aside);
            throw;
        }
    }

    private static void Swap(string target, string aside)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(aside, target);
            return;
        }

        // A folder cannot be renamed over another: for a moment the old one stands aside, and comes back if the new one cannot take its place.
        var old = $"{target}.{Path.GetRandomFileName()}";
        Directory.Move(target, old);
        try
        {
            Directory.Move(aside, target);
        }
        catch
        {
            Directory.Move(old, target);
            throw;
        }

        DeleteIfThere(old);
    }

    // The old folder is deleted: nothing may be lost in it that this class did not write.
    private static void RefuseForeignFiles(string target, IEnumerable<string> extraFiles)
    {
        if (Directory.Exists(target)
            && Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName).Except(OwnFiles.Concat(extraFiles)).FirstOrDefault() is { } foreign)
        {
            throw new ModelFormatException(target, null, $"cannot be replaced: it holds '{foreign}', which is no part of a model written here; choose another folder");
        }
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
