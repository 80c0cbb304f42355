using System.Threading.Channels;

namespace Phenaki.VideoTokenizer.Tests;

public sealed class ArrivingItemsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task AsTheyCome_AllAreThere_GivesTheFirstGroupThenFullOnes()
    {
        var groups = await Enumerable.Range(0, 8).ToAsyncEnumerable().AsTheyComeAsync(1, 3, Cancellation).ToListAsync(Cancellation);
        Assert.Equal([[0], [1, 2, 3], [4, 5, 6], [7]], groups);
    }

    [Fact(Timeout = 60_000)]
    public async Task AsTheyCome_OneIsThere_DoesNotWaitForTheNext()
    {
        var items = Channel.CreateUnbounded<int>();
        await using var groups = items.Reader.ReadAllAsync(Cancellation).AsTheyComeAsync(4, 4, Cancellation).GetAsyncEnumerator(Cancellation);
        items.Writer.TryWrite(1);
        Assert.True(await groups.MoveNextAsync());
        Assert.Equal([1], groups.Current);
        items.Writer.TryWrite(2);
        items.Writer.TryWrite(3);
        items.Writer.Complete();
        Assert.True(await groups.MoveNextAsync());
        Assert.Equal([2, 3], groups.Current);
        Assert.False(await groups.MoveNextAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task AsTheyCome_TheStreamFails_GivesWhatCameBefore()
    {
        await using var groups = Failing().AsTheyComeAsync(4, 4, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await groups.MoveNextAsync());
        Assert.Equal([1, 2], groups.Current);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await groups.MoveNextAsync());

        static async IAsyncEnumerable<int> Failing()
        {
            yield return 1;
            yield return 2;
            await Task.CompletedTask;
            throw new InvalidDataException("a wrong message");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task AsTheyCome_Empty_GivesNone() =>
        Assert.Empty(await AsyncEnumerable.Empty<int>().AsTheyComeAsync(1, 3, Cancellation).ToListAsync(Cancellation));

    [Fact(Timeout = 60_000)]
    public async Task AsTheyCome_LeftWhileTheNextIsUnderWay_DoesNotHang()
    {
        var items = Channel.CreateUnbounded<int>();
        items.Writer.TryWrite(1);
        await foreach (var group in items.Reader.ReadAllAsync(Cancellation).AsTheyComeAsync(4, 4, Cancellation))
        {
            Assert.Equal([1], group);
            break;
        }
    }
}
