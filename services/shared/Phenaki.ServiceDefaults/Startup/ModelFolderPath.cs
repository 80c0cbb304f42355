namespace Phenaki.ServiceDefaults.Startup;

/// <summary>Finds the folder of a model.</summary>
public static class ModelFolderPath
{
    /// <summary>The model that ships with the repository.</summary>
    public const string Shipped = "storyworld";

    /// <summary>
    /// The configured folder, from the current folder on; without one, the shipped model: <c>models/storyworld/PART</c> beside the program, else
    /// <c>services/models/storyworld/PART</c> in a folder above it, as in a clone of the repository.
    /// </summary>
    /// <param name="configured">Folder from the options; null or empty for the shipped model.</param>
    /// <param name="part">Part of the shipped model, as in <c>text-encoder</c>.</param>
    /// <param name="setting">Name of the option, for the message.</param>
    /// <exception cref="StartupException">There is no such folder; the message names what was looked for.</exception>
    public static string Resolve(string? configured, string part, string setting) => Resolve(configured, part, setting, AppContext.BaseDirectory);

    internal static string Resolve(string? configured, string part, string setting, string programFolder)
    {
        if (!string.IsNullOrEmpty(configured))
        {
            var folder = Path.GetFullPath(configured);
            return Directory.Exists(folder)
                ? folder
                : throw new StartupException($"The model folder '{folder}' does not exist; {setting} must name a folder with config.json and model.safetensors.");
        }

        var shipped = Path.Combine("models", Shipped, part);
        var beside = Path.Combine(programFolder, shipped);
        if (Directory.Exists(beside))
        {
            return beside;
        }

        for (var above = new DirectoryInfo(programFolder); above is not null; above = above.Parent)
        {
            var folder = Path.Combine(above.FullName, "services", shipped);
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        throw new StartupException(
            $"No model: neither '{beside}' nor '{Path.Combine("services", shipped)}' in a folder above it exists; set {setting} to a model folder.");
    }
}
