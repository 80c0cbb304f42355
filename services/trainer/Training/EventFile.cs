using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace Phenaki.Trainer.Training;

/// <summary>
/// Curves and pictures for TensorBoard: an event file, which is a TFRecord file of protobuf messages. TorchSharp's own writer needs a picture library that is not there on Linux, so
/// only its messages are used.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private readonly TimeProvider _time;
    private readonly FileStream _file;

    /// <summary>Begins a file of its own for each start of a run.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="step">Steps done before: TensorBoard forgets what earlier files say of later steps.</param>
    /// <param name="time">Gives the times of the events.</param>
    public EventFile(string folder, long step, TimeProvider time)
    {
        _time = time;
        string name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{time.GetUtcNow().ToUnixTimeMilliseconds()}.{Environment.ProcessId}.phenaki");
        _file = new FileStream(Path.Combine(folder, name), FileMode.Append, FileAccess.Write, FileShare.Read);
        Write(new Event { FileVersion = "brain.Event:2" });
        Write(new Event { Step = step, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
    }

    /// <summary>Adds the figures of a step.</summary>
    public void Add(long step, IReadOnlyDictionary<string, double> figures)
    {
        var summary = new Summary();
        foreach (var (name, value) in figures)
        {
            summary.Value.Add(new Summary.Types.Value { Tag = name, SimpleValue = (float)value });
        }

        Write(new Event { Step = step, Summary = summary });
    }

    /// <summary>Adds a picture.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="name">What it shows.</param>
    /// <param name="png">A PNG file.</param>
    public void Add(long step, string name, byte[] png)
    {
        // Width and height stand at fixed places of a PNG's first chunk.
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        var image = new Summary.Types.Image { Width = width, Height = height, Colorspace = 3, EncodedImageString = ByteString.CopyFrom(png) };
        Write(new Event { Step = step, Summary = new Summary { Value = { new Summary.Types.Value { Tag = name, Image = image } } } });
        _file.Flush();
    }

    /// <summary>Brings to disk what was added.</summary>
    public void Flush() => _file.Flush();

    private void Write(Event entry)
    {
        entry.WallTime = _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        byte[] body = entry.ToByteArray();
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Masked(head[..8]));
        Span<byte> tail = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, Masked(body));
        _file.Write(head);
        _file.Write(body);
        _file.Write(tail);
    }

    // The checksum of a TFRecord: CRC-32C, turned and moved, as its description has it.
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }

    public void Dispose() => _file.Dispose();
}
