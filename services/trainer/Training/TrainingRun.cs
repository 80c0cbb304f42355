using System.Globalization;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Training;

/// <summary>Runs a <see cref="ITrainable"/>: progress, loss log, checkpoints, stop and resume.</summary>
internal sealed class TrainingRun(TimeProvider time, TextWriter output)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(15);

    /// <summary>Trains until all steps are done or the run is cancelled; either way the state is saved.</summary>
    /// <param name="trainable">What learns.</param>
    /// <param name="settings">Where, how long and how often to save.</param>
    /// <param name="cancellationToken">Stops after the present step.</param>
    /// <returns>Steps done.</returns>
    /// <exception cref="InvalidOperationException">The loss is no number any more; the last good checkpoint stays.</exception>
    public async Task<long> RunAsync(ITrainable trainable, TrainingRunSettings settings, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.Folder);
        string checkpoint = Path.Combine(settings.Folder, "checkpoint.safetensors");
        string losses = Path.Combine(settings.Folder, "loss.csv");
        long step = Checkpoint.Load(checkpoint, trainable.State, settings.Description, settings.Renew);
        KeepLossesBefore(losses, step);
        output.WriteLine(step == 0 ? $"Training in {settings.Folder}" : $"Going on after step {step} in {settings.Folder}");

        long started = time.GetTimestamp(), saved = started, shown = started;
        long first = step;
        var sum = new Dictionary<string, double>();
        long counted = 0;
        await using var ahead = new ReadAhead(trainable, settings.Steps, cancellationToken);
        while (step < settings.Steps && !cancellationToken.IsCancellationRequested && await ahead.ReachAsync(step).ConfigureAwait(false))
        {
            IReadOnlyDictionary<string, double> figures;
            using (NewDisposeScope())
            {
                figures = trainable.Step(step);
            }

            if (!double.IsFinite(figures["loss"]))
            {
                throw new InvalidOperationException($"The loss of step {step} is {figures["loss"]}. {checkpoint} holds the last good state; try a lower learning rate.");
            }

            step++;
            counted++;
            foreach (var (name, value) in figures)
            {
                sum[name] = sum.GetValueOrDefault(name) + value;
            }

            Append(losses, step, figures);
            if (time.GetElapsedTime(shown) >= ProgressEvery || step == settings.Steps)
            {
                double perStep = time.GetElapsedTime(started).TotalSeconds / (step - first);
                var left = TimeSpan.FromSeconds(perStep * (settings.Steps - step));
                string means = string.Join("  ", sum.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key} {f.Value / counted:0.####}")));
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {step}/{settings.Steps}  {perStep:0.00} s/step  {left:hh\\:mm\\:ss} left  {means}"));
                sum.Clear();
                counted = 0;
                shown = time.GetTimestamp();
            }

            if (time.GetElapsedTime(saved) >= settings.SaveEvery)
            {
                await SaveAsync().ConfigureAwait(false);
                saved = time.GetTimestamp();
            }
        }

        await SaveAsync().ConfigureAwait(false);
        return step;

        async Task SaveAsync()
        {
            Checkpoint.Save(checkpoint, trainable.State, step, settings.Description);

            // A cancelled run still writes its last samples and model.
            await trainable.ExportAsync(step, CancellationToken.None).ConfigureAwait(false);
            output.WriteLine($"Saved after step {step}");
        }
    }

    // Steps after the checkpoint are done again on resume and would stand in the log twice.
    private static void KeepLossesBefore(string path, long step)
    {
        if (File.Exists(path))
        {
            string[] lines = File.ReadAllLines(path);
            string aside = path + ".new";
            File.WriteAllLines(aside, lines.Where(line => !long.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, out long at) || at <= step));
            File.Move(aside, path, overwrite: true);
        }
    }

    private static void Append(string path, long step, IReadOnlyDictionary<string, double> figures)
    {
        bool isNew = !File.Exists(path);
        using var log = new StreamWriter(path, append: true);
        if (isNew)
        {
            log.WriteLine("step," + string.Join(',', figures.Keys));
        }

        log.WriteLine(step.ToString(CultureInfo.InvariantCulture) + "," + string.Join(',', figures.Values.Select(v => v.ToString("R", CultureInfo.InvariantCulture))));
    }
}
