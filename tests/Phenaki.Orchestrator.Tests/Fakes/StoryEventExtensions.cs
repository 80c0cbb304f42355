using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Tests.Fakes;

internal static class StoryEventExtensions
{
    public static IEnumerable<StoryEvent.Frame> Frames(this IEnumerable<StoryEvent> events) => events.OfType<StoryEvent.Frame>();

    /// <summary>All pixels of a story in one text, for comparison.</summary>
    public static string Pixels(this IEnumerable<StoryEvent> events) =>
        string.Concat(events.Frames().Select(frame => Convert.ToHexString(frame.Rgb.Span)));

    public static StoryAccount Account(this IEnumerable<StoryEvent> events) => events.OfType<StoryEvent.Finished>().Single().Account;
}
