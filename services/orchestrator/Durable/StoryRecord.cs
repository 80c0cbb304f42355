using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// What is kept of a story besides its events, as JSON. It is written before any work begins, and expires together with the events.
/// A change of its meaning needs another <see cref="Version"/>.
/// </summary>
internal sealed record StoryRecord
{
    /// <summary>The version that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of the format; 0 where there is no story.</summary>
    public int Version { get; set; }

    /// <summary>Id of the API key that the story belongs to; empty where there are no keys.</summary>
    public string Owner { get; set; } = "";

    /// <summary>SHA-256 of the request as it was sent, hexadecimal.</summary>
    public string BodyHash { get; set; } = "";

    /// <summary>The request as protobuf, without opening frames, with every default of this service written out.</summary>
    public byte[] Request { get; set; } = [];

    /// <summary>Seed used.</summary>
    public ulong Seed { get; set; }

    /// <summary>Frames of the whole story.</summary>
    public uint Frames { get; set; }

    /// <summary>True for a story that takes commands.</summary>
    public bool IsDirected { get; set; }

    /// <summary>Opening frames that it was given.</summary>
    public int OpeningFrames { get; set; }

    /// <summary>Words of the client's own; none in what earlier releases have written.</summary>
    public Dictionary<string, string> Labels { get; set; } = [];

    /// <summary>Where it stands.</summary>
    public StoryState State { get; set; }

    /// <summary>True once a client has asked to stop it: whoever wakes it then stops it.</summary>
    public bool IsCancelRequested { get; set; }

    /// <summary>What it was begun with, as <see cref="StoryMaker.Fingerprint"/> has it; null before it was.</summary>
    public string? Models { get; set; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>When its first clip was begun.</summary>
    public DateTimeOffset? Started { get; set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; set; }

    /// <summary>When it is forgotten.</summary>
    public DateTimeOffset Expires { get; set; }

    /// <summary>gRPC status code of its failure; 0 without one.</summary>
    public int ErrorCode { get; set; }

    /// <summary>What happened.</summary>
    public string? ErrorMessage { get; set; }

    /// <summary>Frames made, when it was written last.</summary>
    public uint FramesMade { get; set; }

    /// <summary>Scene in work, when it was written last.</summary>
    public uint Scene { get; set; }

    /// <summary>Events, when it was written last.</summary>
    public long Events { get; set; }
}
