using System.Threading.Channels;
using Phenaki.Geometry;
using Phenaki.Models;
using Phenaki.VideoTokenizer.Sessions;

namespace Phenaki.VideoTokenizer.Tests;

/// <summary>A model of 2x2 tokens, temporal patch 2: each token is the first byte of the latent frame's last frame, and the other way round.</summary>
internal sealed class FakeVideoTokenizer : IVideoTokenizer
{
    private int _live;

    public ModelIdentity Identity { get; } = new("fake", "3", new string('c', 64), 9);

    public VideoGeometry Geometry { get; } = new(8, 8, 4, 4, 2);

    public int CodebookSize => 256;

    public int MaxLatentFrames => 3;

    public double FramesPerSecond => 8;

    public int LatentFramesTogether => 2;

    /// <summary>When set, a piece of work takes one permit.</summary>
    public SemaphoreSlim? Permits { get; init; }

    /// <summary>Gets an item when a piece of work begins.</summary>
    public Channel<int> Begun { get; } = Channel.CreateUnbounded<int>();

    /// <summary>Gets an item when a session is disposed.</summary>
    public Channel<int> Disposed { get; } = Channel.CreateUnbounded<int>();

    public int Live => Volatile.Read(ref _live);

    public bool IsDisposed { get; private set; }

    public IVideoEncodeSession BeginEncode()
    {
        Interlocked.Increment(ref _live);
        return new Session(this);
    }

    public IVideoDecodeSession BeginDecode(int firstFrame)
    {
        Interlocked.Increment(ref _live);
        return new Session(this, firstFrame);
    }

    public void Dispose() => IsDisposed = true;

    private void Work()
    {
        Begun.Writer.TryWrite(0);
        Permits?.Wait(TimeSpan.FromSeconds(50));
    }

    private sealed class Session(FakeVideoTokenizer model, int firstFrame = 0) : IVideoEncodeSession, IVideoDecodeSession
    {
        private int _frames;

        public IReadOnlyList<int[]> Append(IReadOnlyList<byte[]> frames)
        {
            model.Work();
            return [.. frames.Select(Append).OfType<int[]>()];
        }

        public IReadOnlyList<byte[]> Append(IReadOnlyList<int[]> latentFrames)
        {
            model.Work();
            return [.. latentFrames.SelectMany(Append)];
        }

        private int[]? Append(byte[] rgb)
        {
            if (rgb[0] == 255)
            {
                throw new InvalidOperationException("a bug");
            }

            _frames++;
            return model.Geometry.IsWholeClip(_frames) ? [.. Enumerable.Repeat((int)rgb[0], 4)] : null;
        }

        private IEnumerable<byte[]> Append(int[] tokens)
        {
            var (first, count) = (model.Geometry.FirstFrame(_frames), model.Geometry.FramesIn(_frames));
            _frames++;
            return [.. Enumerable.Range(0, count).Where(i => first + i >= firstFrame).Select(i => Enumerable.Repeat((byte)(tokens[0] + i), model.Geometry.FrameBytes).ToArray())];
        }

        public void Dispose()
        {
            Interlocked.Decrement(ref model._live);
            model.Disposed.Writer.TryWrite(0);
        }
    }
}
