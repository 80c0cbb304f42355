using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using k8s.Models;
using Phenaki.ChartTests.Rendering;
using Phenaki.Testing;

namespace Phenaki.ChartTests;

/// <summary>Models from the image, from a volume and downloaded; and that the scripts do what they say, run by a real shell.</summary>
public sealed class ModelFilesTests(RenderedCharts charts) : ChartTest(charts)
{
    [Fact(Timeout = Patience)]
    public Task Folder_OfEveryModel_LiesInWhatIsMounted() => NothingAsync(chart =>
        from worker in MeshService.Workers
        let pod = chart.Manifests.Pod(worker.Name)
        let folder = pod.Variable($"PHENAKI_{worker.Section}__Model")
        let expected = chart.Switches.Models switch { ModelsSwitch.Image => null, ModelsSwitch.Volume => $"/models/paper/v1/{worker.Name}", _ => $"/models/{worker.Name}" }
        where folder != expected || pod.Mount("model") != (expected is null ? null : "/models")
        select $"{worker.Name} looks for its model in {folder}");

    [Fact(Timeout = Patience)]
    public Task Volume_OfEveryModel_IsWhatTheSwitchSays() => NothingAsync(chart =>
        from worker in MeshService.Workers
        let volume = chart.Manifests.Pod(worker.Name).Spec.Volumes.SingleOrDefault(v => v.Name == "model")
        let isRight = chart.Switches.Models switch
        {
            ModelsSwitch.Image => volume is null,
            ModelsSwitch.Download => volume?.EmptyDir?.SizeLimit is not null,
            _ => volume?.PersistentVolumeClaim is { ClaimName: "models", ReadOnlyProperty: true },
        }
        where !isRight
        select worker.Name);

    [Fact(Timeout = Patience)]
    public Task Checks_OfEveryModel_RunBeforeItsServiceWhereThereAreChecksums() => NothingAsync(chart =>
        from worker in MeshService.Workers
        let pod = chart.Manifests.Pod(worker.Name)
        let script = chart.Switches.Models switch { ModelsSwitch.CheckedVolume => "verify-model.sh", ModelsSwitch.Download => "fetch-model.sh", _ => null }
        let container = (pod.Spec.InitContainers ?? []).SingleOrDefault()
        let files = chart.Manifests.All<V1ConfigMap>().SingleOrDefault(m => m.Metadata.Name == $"{Names.Full}-model-files")
        where script is null
            ? container is not null
            : container is null || !container.Command.SequenceEqual(["sh", $"/model-files/{script}"]) || !files!.Data.ContainsKey(script) ||
                container.Env.Single(e => e.Name == "FOLDER").Value != pod.Variable($"PHENAKI_{worker.Section}__Model") ||
                container.Env.Single(e => e.Name == "CHECKSUMS").Value != $"/model-files/{worker.Name}.sha256" ||
                container.Env.SingleOrDefault(e => e.Name == "URL")?.Value != (script == "fetch-model.sh" ? $"https://models.example.com/paper/{worker.Name}" : null) ||
                files.Data[$"{worker.Name}.sha256"].Split('\n', StringSplitOptions.RemoveEmptyEntries) is not [var config, var weights] ||
                !config.EndsWith("  config.json", StringComparison.Ordinal) || !weights.EndsWith("  model.safetensors", StringComparison.Ordinal) ||
                !pod.Metadata.Annotations.ContainsKey("checksum/model-files")
        select worker.Name);

    [Fact(Timeout = Patience)]
    public async Task Pods_OfAModelWithNewChecksums_AreReplaced()
    {
        var before = await RenderAsync('a');
        var after = await RenderAsync('b');
        Assert.NotEqual(Annotation(before, "text-encoder"), Annotation(after, "text-encoder"));
        Assert.Equal(Annotation(before, "video-tokenizer"), Annotation(after, "video-tokenizer"));

        static string Annotation(Manifests chart, string name) => chart.Pod(name).Metadata.Annotations["checksum/model-files"];
        static Task<Manifests> RenderAsync(char digit) => Manifests.RenderAsync(
            $"models: {{source: volume, volume: {{claim: m}}, checksums: {{textEncoder: {{f: {new string(digit, 64)}}}, videoTokenizer: {{f: {new string('c', 64)}}}}}}}", Cancellation);
    }

    [Theory(Timeout = Patience)]
    [InlineData("right", 0)]
    [InlineData("damaged", 1)]
    [InlineData("missing", 1)]
    public async Task Verify_OfAFolder_SucceedsOnlyWhenEveryFileIsRight(string file, int exitCode)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("config.json"), "right", Cancellation);
        if (file != "missing")
        {
            await File.WriteAllTextAsync(folder.Of("model.safetensors"), file, Cancellation);
        }

        await WriteChecksumsAsync(folder.Of("sums"), ("config.json", "right"), ("model.safetensors", "right"));
        var (code, said) = await ScriptAsync("verify-model.sh", new() { ["FOLDER"] = folder.Path, ["CHECKSUMS"] = folder.Of("sums") });
        Assert.Equal((exitCode, exitCode != 0), (code, said.Contains("models.checksums", StringComparison.Ordinal)));
    }

    [Fact(Timeout = Patience)]
    public async Task Fetch_OfRightFiles_PutsThemInPlaceAndGoesOnWhereItWas()
    {
        using var folder = new TemporaryFolder();
        var settings = await StoreAsync(folder, ("config.json", "right"), ("model.safetensors", "right"));

        // One part is there but for its name, of the other its beginning.
        Directory.CreateDirectory(settings["FOLDER"]);
        await File.WriteAllTextAsync(Path.Combine(settings["FOLDER"], "config.json.part"), "right", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(settings["FOLDER"], "model.safetensors.part"), "rig", Cancellation);
        var (code, said) = await ScriptAsync("fetch-model.sh", settings);
        Assert.True(code == 0, said);
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(settings["FOLDER"]).Select(Path.GetFileName).Order());
        Assert.Equal("right", await File.ReadAllTextAsync(Path.Combine(settings["FOLDER"], "model.safetensors"), Cancellation));

        Directory.Delete(folder.Of("store"), recursive: true);
        Assert.Equal(0, (await ScriptAsync("fetch-model.sh", settings)).Code);
    }

    [Theory(Timeout = Patience)]
    [InlineData("damaged", "has the SHA-256")]
    [InlineData(null, "could not be fetched")]
    public async Task Fetch_OfAWrongOrMissingFile_EndsInAnErrorAndKeepsNothing(string? content, string message)
    {
        using var folder = new TemporaryFolder();
        var settings = await StoreAsync(folder, ("config.json", "right"), ("model.safetensors", content));
        var (code, said) = await ScriptAsync("fetch-model.sh", settings);
        Assert.Equal(1, code);
        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.Contains("model.safetensors", said, StringComparison.Ordinal);
        Assert.Equal(["config.json"], Directory.GetFiles(settings["FOLDER"]).Select(Path.GetFileName));
    }

    private static async Task<Dictionary<string, string>> StoreAsync(TemporaryFolder folder, params (string Name, string? Content)[] files)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(bin => File.Exists(Path.Combine(bin, "curl"))))
        {
            Assert.Skip("curl is not on the PATH.");
        }

        Directory.CreateDirectory(folder.Of("store"));
        foreach (var (name, content) in files.Where(file => file.Content is not null))
        {
            await File.WriteAllTextAsync(folder.Of("store", name), content, Cancellation);
        }

        await WriteChecksumsAsync(folder.Of("sums"), [.. files.Select(file => (file.Name, "right"))]);
        return new()
        {
            ["FOLDER"] = folder.Of("models", "text-encoder"), ["CHECKSUMS"] = folder.Of("sums"), ["URL"] = $"file://{folder.Of("store")}", ["TIMEOUT_SECONDS"] = "20",
        };
    }

    private static Task WriteChecksumsAsync(string path, params IEnumerable<(string Name, string Content)> files) => File.WriteAllLinesAsync(
        path, files.Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Content)))}  {file.Name}"), Cancellation);

    private static async Task<(int Code, string Said)> ScriptAsync(string name, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("sh", [Path.Combine(HelmProgram.Chart, "scripts", name)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        using var script = Process.Start(start)!;
        var output = script.StandardOutput.ReadToEndAsync(Cancellation);
        var errors = script.StandardError.ReadToEndAsync(Cancellation);
        await script.WaitForExitAsync(Cancellation);
        return (script.ExitCode, await output + await errors);
    }
}
