using System.Globalization;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Training;

/// <summary>Runs a <see cref="ITrainable"/>: progress, loss log, events for TensorBoard, checkpoints, stop and resume.</summary>
/// <param name="time">Clock.</param>
/// <param name="progress">Shows how far it is.</param>
internal sealed class TrainingRun(TimeProvider time, ITrainingProgress progress)
{
    private static readonly TimeSpan FiguresEvery = TimeSpan.FromSeconds(15);

    /// <summary>Trains until all steps are done or the run is cancelled; either way the state is saved.</summary>
    /// <param name="trainable">What learns.</param>
    /// <param name="settings">Where, how long and how often to save.</param>
    /// <param name="cancellationToken">Stops after the present step.</param>
    /// <returns>Steps done.</returns>
    /// <exception cref="InvalidOperationException">
    /// The loss is no number any more; the last good checkpoint stays. Or the folder belongs to a training that goes on.
    /// </exception>
    public async Task<long> RunAsync(ITrainable trainable, TrainingRunSettings settings, CancellationToken cancellationToken)
    {
        long steps = 0;
        await progress.RunAsync(async () => steps = await TrainAsync(trainable, settings, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return steps;
    }

    private async Task<long> TrainAsync(ITrainable trainable, TrainingRunSettings settings, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.Folder);
        using var mine = Occupy(settings.Folder);
        string checkpoint = CheckpointOf(settings);
        string losses = Path.Combine(settings.Folder, "loss.csv");
        long step = Checkpoint.Load(checkpoint, trainable.State, settings.Description, settings.Renew);
        KeepLossesBefore(losses, step);
        progress.Say(step == 0 ? $"Training in {settings.Folder}" : $"Going on after step {step} in {settings.Folder}");

        using var events = new EventFile(settings.Folder, step, time);
        long started = time.GetTimestamp(), saved = started, shown = started;
        long first = step;
        var sum = new Dictionary<string, double>();
        long counted = 0, samples = 0;
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

            samples += trainable.Samples(step);
            step++;
            counted++;
            foreach (var (name, value) in figures)
            {
                sum[name] = sum.GetValueOrDefault(name) + value;
            }

            Append(losses, step, figures);
            events.Add(step, figures);
            double elapsed = time.GetElapsedTime(started).TotalSeconds;
            bool isDue = time.GetElapsedTime(shown) >= FiguresEvery || step == settings.Steps;
            var means = sum.ToDictionary(figure => figure.Key, figure => figure.Value / counted);
            progress.Show(new TrainingPace(step, settings.Steps, elapsed / (step - first), samples / elapsed, means), isDue);
            if (isDue)
            {
                events.Flush();
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
            string samplesPicture = Path.Combine(settings.Folder, SamplesName(step));
            if (File.Exists(samplesPicture))
            {
                events.Add(step, "samples", await File.ReadAllBytesAsync(samplesPicture, CancellationToken.None).ConfigureAwait(false));
            }

            events.Flush();
            progress.Say($"Saved after step {step}");
        }
    }

    /// <summary>Name of the picture that <see cref="ITrainable.ExportAsync"/> may write into the run's folder.</summary>
    public static string SamplesName(long step) => string.Create(CultureInfo.InvariantCulture, $"samples-{step:000000}.png");

    /// <summary>Writes the model of a run's checkpoint again, without training.</summary>
    /// <param name="trainable">What learned; as it was made for the run.</param>
    /// <param name="settings">Settings of the run.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>Steps done.</returns>
    /// <exception cref="InvalidOperationException">There is no checkpoint, or it was made with other settings.</exception>
    public async Task<long> ExportAsync(ITrainable trainable, TrainingRunSettings settings, CancellationToken cancellationToken)
    {
        string checkpoint = CheckpointOf(settings);
        if (!File.Exists(checkpoint))
        {
            throw new InvalidOperationException($"{settings.Folder} holds no checkpoint; a run writes one every few minutes and at its end.");
        }

        long step = Checkpoint.Load(checkpoint, trainable.State, settings.Description, settings.Renew);
        await trainable.ExportAsync(step, cancellationToken).ConfigureAwait(false);
        progress.Say($"Wrote the model after step {step}");
        return step;
    }

    private static string CheckpointOf(TrainingRunSettings settings) => Path.Combine(settings.Folder, "checkpoint.safetensors");

    // Two trainings in a folder would replace each other's checkpoints. The system lets go of the file with the process, however that ends.
    private static FileStream Occupy(string folder)
    {
        string path = Path.Combine(folder, "run.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new InvalidOperationException($"Another training is at work in {folder}. Wait for its end, stop it, or give this one a folder of its own.", taken);
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
