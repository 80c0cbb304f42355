using CsCheck;
using Phenaki.Media.Reading;
using Phenaki.Media.Writing;

namespace Phenaki.Media.Tests;

public sealed class TimingTests
{
    [Fact]
    public void Ticks_AnyRate_NeverDriftFromIt() =>
        Gen.Select(Gen.Double[0.5, 50], Gen.Int[1, 500], Gen.OneOf(Gen.Const(100), Gen.Const(1000))).Sample((rate, frames, ticks) =>
            Math.Abs(Enumerable.Range(0, frames).Sum(i => FrameDurations.Ticks(i, rate, ticks)) - (frames * ticks / rate)) <= 0.5 + 1e-6);

    [Fact]
    public void SourcesAt_OwnRate_KeepsEveryFrameOnce() =>
        Gen.Select(Gen.Double[0.5, 60], Gen.Int[1, 500]).Sample((rate, frames) =>
            FrameTiming.SourcesAt([.. Enumerable.Repeat(1 / rate, frames)], rate).SequenceEqual(Enumerable.Range(0, frames)));

    [Fact]
    public void SourcesAt_AnyDurations_GoesForwardAndShowsWhatIsShownThen() =>
        Gen.Select(Gen.Double[0.01, 2].Array[1, 50], Gen.Double[0.5, 60]).Sample((seconds, rate) =>
        {
            int[] sources = FrameTiming.SourcesAt(seconds, rate);
            for (int i = 0; i < sources.Length; i++)
            {
                double middle = (i + 0.5) / rate;
                double start = seconds.Take(sources[i]).Sum();
                bool last = sources[i] == seconds.Length - 1;
                Assert.True(start <= middle + 1e-9 && (last || start + seconds[sources[i]] > middle - 1e-9));
            }
        });

    [Fact]
    public void SourcesAt_HalfTheRate_DropsEverySecond() =>
        Assert.Equal([1, 3, 5], FrameTiming.SourcesAt([.. Enumerable.Repeat(0.125, 6)], 4));
}
