using System.Diagnostics;

namespace Phenaki.Cli;

/// <summary>Spans of the command line: the outermost of a story's trace.</summary>
internal static class CliTracing
{
    private static readonly ActivitySource Source = new("Phenaki.Cli", typeof(CliTracing).Assembly.GetName().Version?.ToString(3));

    /// <summary>Having a story made and written.</summary>
    /// <param name="scenes">Its scenes.</param>
    /// <returns>Null when nobody records it.</returns>
    public static Activity? Story(int scenes) => Source.StartActivity("phenaki story")?.SetTag("phenaki.scenes", scenes);
}
