using Phenaki.Media;

namespace Phenaki.Trainer.Data;

/// <summary>
/// Reads the names and captions of a folder and the folders in it. Captions stand in metadata.jsonl or metadata.csv of the file's folder, or in a text of the same
/// name beside it. A folder of PNG files is a video when a caption is given for the folder itself.
/// </summary>
internal static class MediaFolder
{
    public static MediaIndex Index(string root)
    {
        var entries = new List<MediaEntry>();
        var skipped = new List<(string, string)>();
        Visit(Path.GetFullPath(root), "", entries, skipped);
        return new MediaIndex(entries, skipped);
    }

    private static void Visit(string folder, string prefix, List<MediaEntry> entries, List<(string Name, string Why)> skipped)
    {
        var captions = Metadata(folder, prefix, skipped);
        var files = new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(file => !file.Name.StartsWith('.')).OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            string key = prefix + file.Name;
            bool isFolder = file is DirectoryInfo;
            if (!isFolder && !MediaKinds.IsMedia(file.Name))
            {
                continue;
            }

            var own = captions.GetValueOrDefault(file.Name) ?? Beside(folder, file.Name, isFolder);
            if (isFolder && own is null)
            {
                Visit(file.FullName, key + "/", entries, skipped);
            }
            else if (own is null or { Count: 0 })
            {
                skipped.Add((key, "no caption"));
            }
            else
            {
                long bytes = (file as FileInfo)?.Length ?? 0;
                entries.Add(new MediaEntry(key, new MediaPart(file.FullName), own, MediaKinds.IsPicture(file.Name) ? 1 : null, bytes, file.LastWriteTimeUtc.Ticks));
            }
        }
    }

    private static Dictionary<string, IReadOnlyList<string>> Metadata(string folder, string prefix, List<(string Name, string Why)> skipped)
    {
        var captions = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (string path in CaptionFile.MetadataNames.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            foreach (var (name, own) in CaptionFile.ReadMetadata(path))
            {
                string trimmed = name.TrimEnd('/', '\\');
                if (Path.Exists(Path.Combine(folder, trimmed)) && Path.GetFileName(trimmed) == trimmed)
                {
                    captions[trimmed] = [.. captions.GetValueOrDefault(trimmed) ?? [], .. own];
                }
                else
                {
                    skipped.Add((prefix + name, $"named in {Path.GetFileName(path)}, but not in its folder"));
                }
            }
        }

        return captions;
    }

    private static IReadOnlyList<string>? Beside(string folder, string name, bool isFolder)
    {
        string path = Path.Combine(folder, (isFolder ? name : Path.GetFileNameWithoutExtension(name)) + ".txt");
        return File.Exists(path) ? CaptionFile.Lines(File.ReadAllText(path)) : null;
    }
}
