using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Phenaki.Models.Safetensors;
using TorchSharp;

namespace Phenaki.Models.Folders;

/// <summary>
/// A model in a folder: <c>config.json</c>, weights (<see cref="SafetensorsCheckpoint"/>), a card <c>README.md</c>, and for text
/// encoders the tokenizer. The files stay open, so what is fingerprinted is what is loaded, even when the folder is replaced meanwhile.
/// </summary>
public sealed class ModelFolder : IDisposable
{
    /// <summary>Name of the configuration file.</summary>
    public const string ConfigFileName = "config.json";

    /// <summary>Name of the card.</summary>
    public const string CardFileName = "README.md";

    /// <summary>Name of a text encoder's SentencePiece model.</summary>
    public const string SentencePieceFileName = "spiece.model";

    /// <summary>Name of a text encoder's tokenizer settings.</summary>
    public const string TokenizerConfigFileName = "tokenizer_config.json";

    private const byte FingerprintVersion = 1;
    private const long MaxConfigBytes = 4 << 20;
    private const long MaxTokenizerBytes = 64 << 20;

    private readonly byte[] _configBytes;
    private readonly JsonObject _config;
    private readonly IReadOnlyDictionary<string, byte[]> _tokenizerFiles;
    private readonly Lazy<string> _fingerprint;

    private ModelFolder(string path, byte[] configBytes, JsonObject config, SafetensorsCheckpoint weights, IReadOnlyDictionary<string, byte[]> tokenizerFiles)
    {
        Path = path;
        _configBytes = configBytes;
        _config = config;
        _tokenizerFiles = tokenizerFiles;
        Weights = weights;
        var file = System.IO.Path.Combine(path, ConfigFileName);
        ModelType = ConfigJson.ReadText(file, config, ConfigJson.ModelTypeKey) ?? "";
        Name = ConfigJson.ReadText(file, config, ConfigJson.NameKey) ?? System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        Version = ConfigJson.ReadText(file, config, ConfigJson.VersionKey) ?? "";
        _fingerprint = new Lazy<string>(ComputeFingerprint);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Key <c>model_type</c> of config.json.</summary>
    public string ModelType { get; }

    /// <summary>Key <c>name</c> of config.json, else the folder's name.</summary>
    public string Name { get; }

    /// <summary>Key <c>version</c> of config.json, else empty.</summary>
    public string Version { get; }

    /// <summary>The weights.</summary>
    public SafetensorsCheckpoint Weights { get; }

    /// <summary>
    /// SHA-256, 64 lower-case hexadecimal digits, over: one version byte (1); then fields, each led by its length in bytes (64 bits,
    /// little-endian): "config.json" and its bytes; for shards the index's name and bytes; each weights file's name and bytes in
    /// ordinal order of the names; where they exist, "spiece.model" and "tokenizer_config.json", each with its bytes. Whatever the
    /// model computes depends on nothing else. The files are read piece by piece at the first call.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Opens a folder and checks its configuration's type and every header of its weights. No weights are read yet.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="expectedModelType">What <c>model_type</c> must be; null takes any.</param>
    /// <exception cref="ModelFormatException">Something is missing, damaged, or of another model type.</exception>
    public static ModelFolder Open(string path, string? expectedModelType = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            throw new ModelFormatException(path, null, $"there is no such model folder; it was looked for at {System.IO.Path.GetFullPath(path)}");
        }

        var configPath = System.IO.Path.Combine(path, ConfigFileName);
        var configBytes = FolderFiles.ReadBytes(configPath, MaxConfigBytes);
        var config = ConfigJson.ParseObject(configPath, configBytes);
        var modelType = ConfigJson.ReadText(configPath, config, ConfigJson.ModelTypeKey);
        if (expectedModelType is not null && modelType != expectedModelType)
        {
            throw new ModelFormatException(configPath, null, $"{ConfigJson.ModelTypeKey} must be '{expectedModelType}', found '{ModelFormatException.Printable(modelType ?? "nothing")}'; this is another kind of model");
        }

        var tokenizerFiles = new[] { SentencePieceFileName, TokenizerConfigFileName }
            .Where(name => File.Exists(System.IO.Path.Combine(path, name)))
            .ToDictionary(name => name, name => FolderFiles.ReadBytes(System.IO.Path.Combine(path, name), MaxTokenizerBytes), StringComparer.Ordinal);
        var weights = SafetensorsCheckpoint.Open(path);
        try
        {
            return new ModelFolder(path, configBytes, config, weights, tokenizerFiles);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Writes a model aside, then renames the folder into place. A model that is there is replaced.</summary>
    /// <param name="path">The folder to be.</param>
    /// <param name="config">Becomes config.json, in snake_case; must have the key <c>model_type</c>.</param>
    /// <param name="module">Its parameters and buffers become the weights.</param>
    /// <param name="card">Becomes README.md: what the model is, what it was trained on, how well it does.</param>
    /// <param name="storage">Type in which floating-point values are stored: float32, float16 or bfloat16.</param>
    /// <param name="extraFiles">Further files by name, such as a tokenizer; or null.</param>
    /// <exception cref="ModelFormatException">A value is not finite, or the folder holds files that are no part of a model.</exception>
    public static void Write(
        string path, object config, torch.nn.Module module, string card, torch.ScalarType storage, IReadOnlyDictionary<string, byte[]>? extraFiles = null) =>
        Write(path, config, ModuleWeights.NamedTensors(module).Select(pair => (pair.Key, pair.Value)), card, storage, extraFiles);

    /// <summary>Writes a model whose tensors are given by name; otherwise as the other overload.</summary>
    public static void Write(
        string path, object config, IEnumerable<(string Name, torch.Tensor Tensor)> tensors, string card, torch.ScalarType storage, IReadOnlyDictionary<string, byte[]>? extraFiles = null) =>
        ModelFolderWriter.Write(path, ConfigJson.Write(config), tensors.Select(pair => WritableTensor.From(pair.Name, pair.Tensor, storage)), card, extraFiles);

    /// <summary>Reads config.json into <typeparamref name="T"/>; properties are named in snake_case.</summary>
    /// <param name="allowUnknownKeys">Whether keys that <typeparamref name="T"/> lacks are skipped; else they are refused by name. <c>model_type</c>, <c>name</c> and <c>version</c> are always allowed.</param>
    /// <exception cref="ModelFormatException">A key is unknown, missing, or its value of the wrong kind.</exception>
    public T ReadConfig<T>(bool allowUnknownKeys = false)
        where T : class => ConfigJson.Read<T>(System.IO.Path.Combine(Path, ConfigFileName), _config, allowUnknownKeys);

    /// <summary>The bytes of a tokenizer file.</summary>
    /// <returns>Null where the folder has none of that name.</returns>
    public byte[]? ReadTokenizerFile(string name) => _tokenizerFiles.GetValueOrDefault(name);

    /// <summary>
    /// Moves a module to a device and fills every parameter and buffer from the weights, by name, without a second copy in memory.
    /// </summary>
    /// <param name="module">The module; its parameters keep their type.</param>
    /// <param name="device">Where it is to be.</param>
    /// <param name="moduleName">Gives the module's name for a name in the file, or null for a tensor to leave alone; null takes every name as it is.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, unexpected, mis-shaped, or holds NaN or infinity.</exception>
    public void LoadWeights(torch.nn.Module module, torch.Device device, Func<string, string?>? moduleName = null) =>
        ModuleWeights.Load(Weights, module, device, moduleName ?? (name => name));

    /// <summary>
    /// Checks names and shapes of the weights without reading any. With a module on the meta device this refuses a configuration
    /// that asks for more memory than there is before the memory is asked for.
    /// </summary>
    /// <param name="module">The module, on any device.</param>
    /// <param name="moduleName">As in <see cref="LoadWeights"/>.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, unexpected or mis-shaped.</exception>
    public void CheckWeights(torch.nn.Module module, Func<string, string?>? moduleName = null) =>
        ModuleWeights.Match(Weights, ModuleWeights.NamedTensors(module), moduleName ?? (name => name));

    /// <summary>The identity of the model that this folder holds.</summary>
    /// <param name="module">The module whose parameters are counted.</param>
    public ModelIdentity Identify(torch.nn.Module module) => new(Name, Version, Fingerprint, module.parameters().Sum(parameter => parameter.numel()));

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    private string ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([FingerprintVersion]);
        Fingerprints.AppendField(hash, ConfigFileName);
        Fingerprints.AppendField(hash, _configBytes);
        Weights.AppendTo(hash);
        foreach (var (name, bytes) in _tokenizerFiles.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Fingerprints.AppendField(hash, name);
            Fingerprints.AppendField(hash, bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
