using CsCheck;
using Phenaki.Trainer.Data;

namespace Phenaki.Trainer.Tests.Data;

public sealed class ShuffleTests
{
    [Fact]
    public void At_AllPlacesOfARound_GivesEachOnce() => Gen.Select(Gen.Int[1, 300], Gen.ULong).Sample((count, key) =>
        Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, count).Select(place => Shuffle.At(place, count, key)).Order()));

    [Fact]
    public void At_AnotherRound_GivesAnotherOrder() =>
        Assert.NotEqual(Enumerable.Range(0, 50).Select(place => Shuffle.At(place, 50, 1)), Enumerable.Range(0, 50).Select(place => Shuffle.At(place, 50, 2)));
}
