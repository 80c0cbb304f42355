using System.Diagnostics;
using Phenaki.ContainerTests.Mesh;
using Phenaki.Testing;

namespace Phenaki.ContainerTests.Images;

/// <summary>What a push sends: libtorch once, and after a change of the code little more than the code.</summary>
public sealed class ImageLayersTests
{
    private const long Megabyte = 1 << 20;
    private const long Libtorch = 400 * Megabyte;
    private const long MostAfterACodeChange = 20 * Megabyte;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Layers_OfTheServices_ShareOneLibtorch()
    {
        var layers = new List<ImageLayers>();
        foreach (var service in ContainerImages.Workers)
        {
            layers.Add(await ImageLayers.OfAsync(ContainerImages.Name(service), Token));
        }

        var libtorch = Assert.Single(layers.SelectMany(image => image.Sizes).Where(layer => layer.Value > Libtorch).DistinctBy(layer => layer.Key));
        Assert.All(layers, image => Assert.Contains(libtorch.Key, image.Digests));
        var orchestrator = await ImageLayers.OfAsync(ContainerImages.Name("orchestrator"), Token);
        Assert.DoesNotContain(libtorch.Key, orchestrator.Digests);
    }

    [Fact(Timeout = 900_000)]
    public async Task Push_AfterACodeChange_SendsLessThan20Megabytes()
    {
        var changed = $"{ContainerImages.Name("text-encoder").Split(':')[^1]}-changed";
        using var folder = new TemporaryFolder();
        await RunAsync("sh", ["-c", "git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t \"$0\"", folder.Path], RepositoryFiles.Root);
        foreach (var part in new[] { "text-encoder", "video-tokenizer", "masked-transformer", "orchestrator", "cli", "shared/Phenaki.Contracts", "shared/Phenaki.ServiceDefaults" })
        {
            await File.WriteAllTextAsync(
                folder.Of("services", part, "Changed.cs"), "namespace Phenaki;\n\ninternal static class Changed { internal const string Value = \"changed\"; }\n", Token);
        }

        await RunAsync(Path.Combine(folder.Path, "docker", "build.sh"), ["cpu", changed], folder.Path);

        foreach (var program in ContainerImages.Services.Append("cli"))
        {
            var before = await ImageLayers.OfAsync(ContainerImages.Name(program), Token);
            var after = await ImageLayers.OfAsync(ContainerImages.Name(program, changed), Token);
            var sent = after.BytesBeside(before);
            TestContext.Current.SendDiagnosticMessage($"{program}: {after.Sizes.Sum(layer => layer.Value)} bytes, of which a code change sends {sent}");
            Assert.InRange(sent, 1, MostAfterACodeChange);
            Assert.Equal(before.Sizes.Count, after.Sizes.Count);
            Assert.Equal(before.Digests.SkipLast(1), after.Digests.SkipLast(1));
        }
    }

    private static async Task RunAsync(string program, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var error = process.StandardError.ReadToEndAsync(Token);
        try
        {
            await process.WaitForExitAsync(Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{await output}\n{await error}");
    }
}
