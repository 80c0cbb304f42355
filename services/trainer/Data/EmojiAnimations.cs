using System.Diagnostics;
using System.Text.Json;
using Phenaki.Media;

namespace Phenaki.Trainer.Data;

/// <summary>
/// A collection that nobody here made: the animated Fluent Emoji (MIT licence), with the names and keywords that Unicode gives them, from npm packages. It shows what a user
/// can expect of a few thousand clips of their own.
/// </summary>
internal static class EmojiAnimations
{
    private const string Scope = "@lobehub";
    private const string Names = "emojibase-data";

    /// <summary>The packages, each in the version that was tried.</summary>
    public static readonly IReadOnlyList<string> Packages =
    [
        "@lobehub/fluent-emoji-anim-1@1.0.0", "@lobehub/fluent-emoji-anim-2@1.0.0", "@lobehub/fluent-emoji-anim-3@1.0.0", "@lobehub/fluent-emoji-anim-4@1.0.0",
        "emojibase-data@17.0.0",
    ];

    /// <summary>Installs the packages with npm, unless they are there.</summary>
    /// <param name="folder">Folder around node_modules; made if needed.</param>
    /// <param name="cancellationToken">Ends npm.</param>
    /// <exception cref="InvalidOperationException">npm is missing or failed.</exception>
    public static async Task InstallAsync(string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(Path.Combine(folder, "node_modules", Names)))
        {
            return;
        }

        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", .. Packages]);
        try
        {
            using var npm = Process.Start(start)!;
            await npm.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (npm.ExitCode != 0)
            {
                throw new InvalidOperationException($"npm ended with {npm.ExitCode}; the packages are {string.Join(", ", Packages)}.");
            }
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new InvalidOperationException($"npm cannot be started ({error.Message}); install Node.js, or put the packages into {folder} by other means: {string.Join(", ", Packages)}.", error);
        }
    }

    /// <summary>Reads names and keywords.</summary>
    /// <param name="folder">Folder around node_modules.</param>
    /// <exception cref="InvalidOperationException">The packages are not there.</exception>
    public static MediaIndex Index(string folder)
    {
        string modules = Path.Combine(folder, "node_modules");
        string names = Path.Combine(modules, Names, "en", "data.json");
        if (!File.Exists(names) || !Directory.Exists(Path.Combine(modules, Scope)))
        {
            throw new InvalidOperationException($"{modules} lacks the packages {string.Join(", ", Packages)}.");
        }

        var captions = Captions(names);
        var entries = new Dictionary<string, MediaEntry>(StringComparer.Ordinal);
        var skipped = new List<(string, string)>();
        foreach (var file in Directory.EnumerateDirectories(Path.Combine(modules, Scope), "fluent-emoji-anim-*").Order(StringComparer.Ordinal)
            .SelectMany(package => new DirectoryInfo(Path.Combine(package, "assets")).EnumerateFiles("*.webp").OrderBy(file => file.Name, StringComparer.Ordinal)))
        {
            string key = Path.GetFileNameWithoutExtension(file.Name);
            if (!captions.TryGetValue(Plain(key), out var own))
            {
                skipped.Add((file.Name, "Unicode has no name for it"));
            }
            else
            {
                // Some are in two packages.
                entries.TryAdd(key, new MediaEntry(key, new MediaPart(file.FullName), own, null, file.Length, file.LastWriteTimeUtc.Ticks));
            }
        }

        return new MediaIndex([.. entries.Values.OrderBy(entry => entry.Key, StringComparer.Ordinal)], skipped);
    }

    private static Dictionary<string, IReadOnlyList<string>> Captions(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var captions = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var emoji in json.RootElement.EnumerateArray().SelectMany(one =>
            one.TryGetProperty("skins", out var skins) ? [one, .. skins.EnumerateArray()] : (IEnumerable<JsonElement>)[one]))
        {
            string label = emoji.GetProperty("label").GetString()!;
            string[] tags = emoji.TryGetProperty("tags", out var all) ? [.. all.EnumerateArray().Select(tag => tag.GetString()!)] : [];
            captions[Plain(emoji.GetProperty("hexcode").GetString()!)] = tags.Length == 0 ? [label] : [label, $"{label}: {string.Join(", ", tags)}", string.Join(", ", tags)];
        }

        return captions;
    }

    // Names of files and of Unicode's table differ in case and in the variation selector.
    private static string Plain(string code) => code.ToUpperInvariant().Replace("-FE0F", "", StringComparison.Ordinal);
}
