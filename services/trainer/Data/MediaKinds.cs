namespace Phenaki.Trainer.Data;

/// <summary>Which files are taken for videos and pictures, by their endings; readers then look at the content.</summary>
internal static class MediaKinds
{
    private static readonly HashSet<string> Videos = new(StringComparer.OrdinalIgnoreCase) { ".mp4", ".m4v", ".mov", ".webm", ".mkv", ".gif", ".webp" };
    private static readonly HashSet<string> Pictures = new(StringComparer.OrdinalIgnoreCase) { ".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".avif", ".heic" };

    /// <summary>Whether it may be a video; GIF and WebP may turn out to be pictures.</summary>
    public static bool IsVideo(string name) => Videos.Contains(Path.GetExtension(name));

    /// <summary>Whether it is a picture.</summary>
    public static bool IsPicture(string name) => Pictures.Contains(Path.GetExtension(name));

    /// <summary>Whether it is one or the other.</summary>
    public static bool IsMedia(string name) => IsVideo(name) || IsPicture(name);
}
