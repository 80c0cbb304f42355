using System.Globalization;
using Phenaki.Models.Safetensors;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Training;

/// <summary>The state of a run in one safetensors file, replaced as a whole: a broken write leaves the last good one.</summary>
internal static class Checkpoint
{
    private const string StepKey = "step";
    private const string SettingsKey = "settings";

    /// <summary>Writes the state.</summary>
    /// <param name="path">File to replace.</param>
    /// <param name="state">Tensors by name.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="settings">The configuration, as text; a resumed run must have the same.</param>
    public static void Save(string path, IEnumerable<(string Name, Tensor Tensor)> state, long step, string settings)
    {
        using var _ = no_grad();
        SafetensorsWriter.Write(path, state.Select(entry => WritableTensor.From(entry.Name, entry.Tensor)), new Dictionary<string, string>
        {
            [StepKey] = step.ToString(CultureInfo.InvariantCulture),
            [SettingsKey] = settings,
        });
    }

    /// <summary>Reads a state into existing tensors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="state">Tensors by name.</param>
    /// <param name="settings">The configuration, as text.</param>
    /// <param name="renew">Brings the text of an older trainer into today's form.</param>
    /// <returns>Steps done; 0 when there is no checkpoint yet.</returns>
    /// <exception cref="InvalidOperationException">The checkpoint was made with other settings.</exception>
    public static long Load(string path, IEnumerable<(string Name, Tensor Tensor)> state, string settings, Func<string, string> renew)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault(SettingsKey) is { } made && made != settings && renew(made) != settings)
        {
            throw new InvalidOperationException(
                $"{path} was made with other settings. Give this run a folder of its own, or go on with the old settings:{Environment.NewLine}{made}");
        }

        using var _ = no_grad();
        foreach (var (name, tensor) in state)
        {
            file.CopyTo(name, tensor);
        }

        return long.Parse(file.Metadata[StepKey], CultureInfo.InvariantCulture);
    }
}
