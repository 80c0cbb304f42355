namespace Phenaki.Media.Writing;

/// <summary>Size in pixels and frames per second of what an encoder gets, after scaling.</summary>
internal sealed record PictureFormat(int Width, int Height, double FramesPerSecond);
