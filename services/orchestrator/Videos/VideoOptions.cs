using System.ComponentModel.DataAnnotations;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Settings of the videos API: section <c>Videos</c> of the configuration.</summary>
public sealed class VideoOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Videos";

    /// <summary>
    /// Further names that clients may give as <c>model</c>, separated by commas, for programs that always send one. Default: none, so that it is the
    /// name of the served model or left out.
    /// </summary>
    public string ModelNames { get; set; } = "";

    /// <summary>Folder in which files are kept that were written for clients; it must exist. Default: the system's for temporary files.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Bytes of such files that are kept; the one that was asked for least lately goes first. 1 MB to 1 TB. Default: 256 MB.</summary>
    [Range(1_000_000, 1_000_000_000_000)]
    public long CacheBytes { get; set; } = 256_000_000;

    /// <summary>Files that are written at the same time: 1 to 64. Default: 2.</summary>
    [Range(1, 64)]
    public int MaxEncodings { get; set; } = 2;

    /// <summary>Files that wait to be written; one more is refused. 1 to 10,000. Default: 32.</summary>
    [Range(1, 10_000)]
    public int MaxWaiting { get; set; } = 32;

    /// <summary>Most frames of a video that is written into a file: 1 to 1,000,000. Default: 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxFrames { get; set; } = 20_000;
}
