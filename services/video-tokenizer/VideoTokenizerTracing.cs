using System.Diagnostics;

namespace Phenaki.VideoTokenizer;

/// <summary>Spans of the service.</summary>
internal static class VideoTokenizerTracing
{
    private static readonly ActivitySource Source = new("Phenaki.VideoTokenizer", typeof(VideoTokenizerTracing).Assembly.GetName().Version?.ToString(3));

    /// <summary>A piece of work of the model, its wait for its turn included.</summary>
    /// <param name="name">As in "encode frames".</param>
    /// <returns>Null when nobody records it.</returns>
    public static Activity? Work(string name) => Source.StartActivity(name);
}
