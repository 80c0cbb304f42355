using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Phenaki.Testing;

namespace Phenaki.Benchmarks.Training;

/// <summary>Trains the smallest transformer for 10,000 steps in a process of its own: memory at the end, next to memory after a fifth of them.</summary>
internal sealed class TrainingMemoryBenchmark : IBenchmark
{
    private const long Steps = 10_000;
    private const long Settled = 2_000;
    private const string Settings = """
        {
          "model": {
            "name": "smallest", "codebook_size": 1073741824, "code_parts": 3, "rows": 8, "columns": 8, "max_latent_frames": 6, "width": 16, "layers": 1, "heads": 2, "mlp": 16,
            "text_width": 16, "max_text_tokens": 64, "code_width": 30, "relative_positions": true, "adaptive_norm_width": 16, "grid_convolutions": 1, "still_first": true
          },
          "text_encoder": {
            "name": "smallest", "d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2, "feed_forward_proj": "gated-gelu", "dropout_rate": 0, "n_positions": 64
          },
          "steps": 10000, "phases": [ { "from_step": 0, "clips": 1, "stills": 1 } ], "save_minutes": 60
        }
        """;

    /// <inheritdoc />
    public string Name => "train_memory";

    /// <inheritdoc />
    public string Description => "resident memory of a training after 10,000 steps, next to 2,000";

    /// <inheritdoc />
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        string settings = Path.Combine(folder.Path, "settings.json");
        await File.WriteAllTextAsync(settings, Settings, cancellationToken);
        string model = Path.Combine(folder.Path, "model", "video-tokenizer");
        Directory.CreateDirectory(model);
        foreach (string file in Directory.EnumerateFiles(BenchmarkList.Shipped("video-tokenizer")))
        {
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        }

        string trainer = Path.Combine(RepositoryFiles.Root, "services", "trainer", "bin", "Release", "net10.0", "phenaki-train.dll");
        string run = Path.Combine(folder.Path, "run");
        var start = new ProcessStartInfo(
            "dotnet", [trainer, "transformer", "--config", settings, "--run", run, "--output", Path.Combine(folder.Path, "model"), "--device", "cpu"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        try
        {
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            long settled = 0, last = 0;
            while (!process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
                long step = LastStep(Path.Combine(run, "loss.csv"));
                process.Refresh();
                long resident = process.HasExited ? 0 : process.WorkingSet64;
                settled = settled == 0 && step >= Settled ? resident : settled;

                // The last steps: saving at the end is no step.
                last = step is > Steps * 9 / 10 and < Steps ? resident : last;
            }

            yield return new Figure(Name, last / 1e6, "MB", settled / 1e6, (double)last / settled, 1.02, AtLeast: false);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static long LastStep(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, 400), SeekOrigin.End);
        using var reader = new StreamReader(file);
        string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length > 1 && long.TryParse(lines[^1].Split(',')[0], CultureInfo.InvariantCulture, out long step) ? step : 0;
    }
}
