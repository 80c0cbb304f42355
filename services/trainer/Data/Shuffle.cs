using Phenaki.Trainer.StoryWorld;

namespace Phenaki.Trainer.Data;

/// <summary>The order of a round through a collection: a permutation that is computed, not stored (a Feistel network with cycle walking, Black and Rogaway 2002).</summary>
internal static class Shuffle
{
    private const int Rounds = 4;

    /// <summary>What stands at a place of a round.</summary>
    /// <param name="place">Place, 0 to <paramref name="count"/> - 1.</param>
    /// <param name="count">Size of the collection, at least 1.</param>
    /// <param name="key">Names the round.</param>
    /// <returns>0 to <paramref name="count"/> - 1, each once in a round.</returns>
    public static int At(int place, int count, ulong key)
    {
        int half = 1;
        while (1L << (2 * half) < count)
        {
            half++;
        }

        uint mask = (1u << half) - 1;
        ulong at = (ulong)place;
        do
        {
            var (left, right) = ((uint)(at >> half) & mask, (uint)at & mask);
            for (uint round = 0; round < Rounds; round++)
            {
                var random = new WorldRandom(key, ((ulong)round << 32) | right);
                (left, right) = (right, (left ^ (uint)random.Next()) & mask);
            }

            at = ((ulong)left << half) | right;
        }
        while (at >= (ulong)count);
        return (int)at;
    }
}
