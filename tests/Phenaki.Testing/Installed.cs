namespace Phenaki.Testing;

/// <summary>Programs of the machine.</summary>
public static class Installed
{
    /// <summary>Whether a program is in a folder of the PATH, or in one of some others.</summary>
    public static bool Program(string name, params IEnumerable<string> elsewhere) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(elsewhere).Any(folder => File.Exists(Path.Combine(folder, name)));
}
