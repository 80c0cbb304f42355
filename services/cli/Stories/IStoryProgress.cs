using Phenaki.Story.V1;

namespace Phenaki.Cli.Stories;

/// <summary>Shows how far a story is.</summary>
internal interface IStoryProgress
{
    /// <summary>Runs what makes the story, shown meanwhile.</summary>
    /// <param name="make">Makes the story and tells <see cref="Show"/> every event but frames.</param>
    Task RunAsync(Func<Task> make);

    /// <summary>Shows an event.</summary>
    void Show(GenerateStoryResponse item);
}
