namespace Phenaki.Media;

/// <summary>How an MP4 is compressed.</summary>
public enum VideoCodec
{
    /// <summary>What needs no system package: AV1.</summary>
    Auto,

    /// <summary>AV1, plays in every current browser.</summary>
    Av1,

    /// <summary>H.264 through the program <c>ffmpeg</c>, plays everywhere.</summary>
    H264,
}
