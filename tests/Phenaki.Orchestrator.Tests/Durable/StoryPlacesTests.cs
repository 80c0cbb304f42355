using CsCheck;
using Phenaki.Orchestrator.Durable;

namespace Phenaki.Orchestrator.Tests.Durable;

public sealed class StoryPlacesTests
{
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Settle_SeveralOwners_TakesTurns()
    {
        var places = new StoryPlaces(2, 100, 100, Patience);
        foreach (var id in new[] { "a1", "a2", "a3", "b1", "c1" })
        {
            Assert.True(places.TryEnter(Ticket(id), Start));
        }

        Assert.Equal(["a1", "b1"], Settle(places));
        places.Leave("a1");
        Assert.Equal(["b1", "c1"], Settle(places));
        places.Leave("b1");
        Assert.Equal(["a2", "c1"], Settle(places));
    }

    [Fact]
    public void Settle_BatchAndInteractive_TakesInteractiveFirst()
    {
        var places = new StoryPlaces(1, 100, 100, Patience);
        Assert.True(places.TryEnter(Ticket("a1", isBatch: true), Start));
        Assert.True(places.TryEnter(Ticket("a2"), Start));
        Assert.Equal(["a2"], Settle(places));
    }

    [Fact]
    public void Settle_OwnerAtItsLimit_PassesItOver()
    {
        var places = new StoryPlaces(3, 100, 100, Patience);
        Assert.True(places.TryEnter(Ticket("a1", limit: 1), Start));
        Assert.True(places.TryEnter(Ticket("a2", limit: 1), Start));
        Assert.True(places.TryEnter(Ticket("b1"), Start));
        Assert.Equal(["a1", "b1"], Settle(places));
        Assert.Equal(1, places.Waiting);
    }

    [Fact]
    public void TryEnter_TooManyWaiting_Refuses()
    {
        var places = new StoryPlaces(1, 3, 2, Patience);
        Assert.True(places.TryEnter(Ticket("a1"), Start));
        Settle(places);
        Assert.True(places.TryEnter(Ticket("a2"), Start));
        Assert.True(places.TryEnter(Ticket("a3"), Start));
        Assert.False(places.TryEnter(Ticket("a4"), Start));
        Assert.True(places.TryEnter(Ticket("a3"), Start));
        Assert.True(places.TryEnter(Ticket("b1"), Start));
        Assert.False(places.TryEnter(Ticket("c1"), Start));
    }

    [Fact]
    public void Settle_StoryNotHeardOf_FreesItsPlace()
    {
        var places = new StoryPlaces(1, 100, 100, Patience);
        Assert.True(places.TryEnter(Ticket("a1"), Start));
        Settle(places);
        Assert.True(places.TryEnter(Ticket("b1"), Start + Patience));
        places.Settle(Start + Patience);
        Assert.True(places.Holds("a1"));
        places.Settle(Start + Patience + TimeSpan.FromTicks(1));
        Assert.True(places.Holds("b1"));
    }

    [Fact]
    public void Hear_StoryThatIsNotKnown_WaitsAgainAndKeepsAPlaceThatWasRestored()
    {
        var places = new StoryPlaces(1, 0, 0, Patience);
        places.Restore(Ticket("a1"), Start);
        places.Hear(Ticket("a2"), Start);
        places.Hear(Ticket("a1"), Start);
        Assert.Equal(["a1"], Settle(places));
        Assert.Equal(1, places.Waiting);
    }

    [Fact]
    public void Settle_AnyOrder_NeverGivesMoreThanThereAreAndNeverIdles() => Gen.Select(Gen.Int[1, 4], Gen.Int[0, 3], Gen.Int[0, 4]).Array[0, 60].Sample(steps =>
    {
        var places = new StoryPlaces(3, 1_000, 1_000, Patience);
        foreach (var (owner, number, action) in steps)
        {
            var ticket = Ticket($"{(char)('a' + owner)}{number}", limit: 2);
            if (action == 0)
            {
                places.Leave(ticket.Id);
            }
            else
            {
                places.Hear(ticket, Start);
            }

            places.Settle(Start);
            var held = places.Held.ToList();
            Assert.InRange(held.Count, 0, 3);
            Assert.All(held.CountBy(one => one.Owner), owned => Assert.InRange(owned.Value, 1, 2));
            Assert.True(held.Count == 3 || places.Waiting == 0 || held.CountBy(one => one.Owner).Any(owned => owned.Value == 2));
        }
    });

    private static IEnumerable<string> Settle(StoryPlaces places)
    {
        places.Settle(Start);
        return places.Held.Select(held => held.Id).Order(StringComparer.Ordinal);
    }

    private static StoryTicket Ticket(string id, bool isBatch = false, int limit = 100) =>
        new(id, id[..1], isBatch, Start.AddSeconds(id[1] - '0'), limit);
}
