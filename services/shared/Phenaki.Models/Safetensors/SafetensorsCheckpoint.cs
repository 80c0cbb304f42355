using System.Security.Cryptography;
using System.Text.Json;
using Phenaki.Models.Folders;

namespace Phenaki.Models.Safetensors;

/// <summary>The weights of a model folder: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> lists (the layout of Hugging Face).</summary>
public sealed class SafetensorsCheckpoint : IDisposable
{
    /// <summary>Name of the file that holds all weights.</summary>
    public const string FileName = "model.safetensors";

    /// <summary>Name of the file that says which shard holds which tensor.</summary>
    public const string IndexFileName = "model.safetensors.index.json";

    private const long MaxIndexBytes = 100_000_000;

    private readonly IReadOnlyList<SafetensorsFile> _files;
    private readonly byte[]? _index;

    private SafetensorsCheckpoint(string path, IReadOnlyList<SafetensorsFile> files, byte[]? index)
    {
        Path = path;
        _files = files;
        _index = index;
        Tensors = files.SelectMany(file => file.Tensors.Keys, (file, name) => (name, file)).ToDictionary(pair => pair.name, pair => pair.file, StringComparer.Ordinal);
    }

    /// <summary>Path of the weights file or, for shards, of their index.</summary>
    public string Path { get; }

    /// <summary>The file that holds each tensor, by the tensor's name.</summary>
    public IReadOnlyDictionary<string, SafetensorsFile> Tensors { get; }

    /// <summary>Opens the weights in a folder and checks every header; a single file comes before an index.</summary>
    /// <exception cref="ModelFormatException">A file is missing or damaged, or the index and the shards disagree.</exception>
    public static SafetensorsCheckpoint Open(string folder)
    {
        var single = System.IO.Path.Combine(folder, FileName);
        if (File.Exists(single))
        {
            return new SafetensorsCheckpoint(single, [SafetensorsFile.Open(single)], null);
        }

        var index = System.IO.Path.Combine(folder, IndexFileName);
        return File.Exists(index)
            ? OpenShards(folder, index)
            : throw new ModelFormatException(folder, null, $"holds neither {FileName} nor {IndexFileName}; weights in other formats (pytorch_model.bin) must be converted to safetensors");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    internal void AppendTo(IncrementalHash hash)
    {
        if (_index is not null)
        {
            Fingerprints.AppendField(hash, IndexFileName);
            Fingerprints.AppendField(hash, _index);
        }

        foreach (var file in _files)
        {
            Fingerprints.AppendField(hash, System.IO.Path.GetFileName(file.Path));
            file.AppendTo(hash);
        }
    }

    private static SafetensorsCheckpoint OpenShards(string folder, string indexPath)
    {
        var bytes = FolderFiles.ReadBytes(indexPath, MaxIndexBytes);
        var map = ReadMap(indexPath, bytes);
        var files = new List<SafetensorsFile>();
        try
        {
            foreach (var shard in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                var path = System.IO.Path.Combine(folder, shard);
                if (!File.Exists(path))
                {
                    throw new ModelFormatException(path, null, $"is missing; {IndexFileName} places {map.Values.Count(value => value == shard)} of {map.Count} tensors in it");
                }

                var file = SafetensorsFile.Open(path);
                files.Add(file);
                CheckShard(file, shard, map);
            }

            return new SafetensorsCheckpoint(indexPath, files, bytes);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    private static void CheckShard(SafetensorsFile file, string shard, Dictionary<string, string> map)
    {
        foreach (var name in file.Tensors.Keys)
        {
            if (!map.TryGetValue(name, out var expected) || expected != shard)
            {
                throw new ModelFormatException(file.Path, name, $"is here, but {IndexFileName} places it in {expected ?? "no file"}");
            }
        }

        if (map.FirstOrDefault(pair => pair.Value == shard && !file.Tensors.ContainsKey(pair.Key)).Key is { } missing)
        {
            throw new ModelFormatException(file.Path, missing, $"is missing, although {IndexFileName} places it in this file");
        }
    }

    private static Dictionary<string, string> ReadMap(string path, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var pair in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                var shard = pair.Value.GetString();
                if (string.IsNullOrEmpty(shard) || shard is "." or ".." || shard.AsSpan().ContainsAny('/', '\\', '\0'))
                {
                    throw new ModelFormatException(path, pair.Name, $"weight_map must name a file of this folder, found '{ModelFormatException.Printable(shard ?? "null")}'");
                }

                map.Add(pair.Name, shard);
            }

            return map.Count > 0 ? map : throw new ModelFormatException(path, null, "weight_map lists no tensor");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ModelFormatException(path, null, $"is no valid index with a weight_map: {exception.Message}", exception);
        }
    }
}
