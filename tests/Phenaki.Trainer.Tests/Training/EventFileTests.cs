using System.Buffers.Binary;
using Phenaki.Testing;
using Phenaki.Trainer.Training;
using Tensorboard;

namespace Phenaki.Trainer.Tests.Training;

public sealed class EventFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Add_CurvesAndPictures_AreReadBack()
    {
        // The smallest PNG has one pixel.
        byte[] png = Convert.FromHexString("89504e470d0a1a0a0000000d4948445200000001000000010806000000");
        using (var file = new EventFile(_folder.Path, 7, TimeProvider.System))
        {
            file.Add(8, new Dictionary<string, double> { ["loss"] = 0.5, ["psnr_clip"] = 21 });
            file.Add(9, "samples", png);
        }

        Event[] events = [.. Read(File.ReadAllBytes(Assert.Single(Directory.GetFiles(_folder.Path, "events.out.tfevents.*"))))];
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal((7, SessionLog.Types.SessionStatus.Start), (events[1].Step, events[1].SessionLog.Status));
        Assert.Equal([("loss", 0.5f), ("psnr_clip", 21f)], events[2].Summary.Value.Select(value => (value.Tag, value.SimpleValue)));
        var image = events[3].Summary.Value[0].Image;
        Assert.Equal((1, 1), (image.Width, image.Height));
        Assert.Equal(png, image.EncodedImageString.ToByteArray());
        Assert.All(events, one => Assert.True(one.WallTime > 1e9));
    }

    [Fact]
    public void Add_KnownRecord_HasTheChecksumOfTheFormat()
    {
        using (var file = new EventFile(_folder.Path, 0, TimeProvider.System))
        {
            file.Flush();
        }

        // CRC-32C by its definition, bit by bit, of the eight bytes of the length.
        byte[] bytes = File.ReadAllBytes(Assert.Single(Directory.GetFiles(_folder.Path)));
        uint crc = uint.MaxValue;
        foreach (byte one in bytes.AsSpan(0, 8))
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 1 ? 0x82f63b78u : 0);
            }
        }

        crc = ~crc;
        Assert.Equal(((crc >> 15) | (crc << 17)) + 0xa282ead8u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)));
    }

    private static IEnumerable<Event> Read(byte[] bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            yield return Event.Parser.ParseFrom(bytes, at + 12, length);
            at += 12 + length + 4;
        }
    }
}
