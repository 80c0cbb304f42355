using System.Formats.Tar;
using Phenaki.ContainerTests.Mesh;

namespace Phenaki.ContainerTests.Images;

/// <summary>The layers of an image, as a push would send those that the registry has not yet.</summary>
/// <param name="Sizes">Bytes of each layer before compression, by its digest; in the order in which they lie on each other.</param>
internal sealed record ImageLayers(IReadOnlyList<KeyValuePair<string, long>> Sizes)
{
    /// <summary>Digests of the layers.</summary>
    public IEnumerable<string> Digests => Sizes.Select(layer => layer.Key);

    /// <summary>Reads the layers of an image out of the engine.</summary>
    public static async Task<ImageLayers> OfAsync(string image, CancellationToken cancellationToken)
    {
        using var client = Engine.Client();
        var inspected = await client.Images.InspectImageAsync(image, cancellationToken);
        string[] digests = [.. inspected.RootFS.Layers!.Select(layer => layer.Split(':')[^1])];
        var sizes = digests.Distinct().ToDictionary(digest => digest, _ => -1L);
        await using var saved = await client.Images.SaveImageAsync(image, cancellationToken);
        await using var tar = new TarReader(saved);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                && sizes.Keys.FirstOrDefault(digest => entry.Name.Contains(digest, StringComparison.Ordinal)) is { } found)
            {
                sizes[found] = entry.Length;
            }
        }

        Assert.All(sizes, layer => Assert.True(layer.Value >= 0, $"{image}: layer {layer.Key} is not in what the engine saved."));
        return new([.. digests.Select(digest => KeyValuePair.Create(digest, sizes[digest]))]);
    }

    /// <summary>Bytes that a push sends to a registry that has another image already.</summary>
    public long BytesBeside(ImageLayers other) => Sizes.Where(layer => !other.Digests.Contains(layer.Key)).Sum(layer => layer.Value);
}
