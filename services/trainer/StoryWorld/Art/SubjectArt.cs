namespace Phenaki.Trainer.StoryWorld.Art;

/// <summary>Where the art of a subject comes from and what must be added to it.</summary>
/// <param name="CodePoints">File name of the Fluent Emoji animation, without its ending.</param>
/// <param name="Legs">What is drawn below art that ends at the neck or at the chest.</param>
/// <param name="Rocks">Whether walking rocks the picture, for art whose own animation is no gait.</param>
internal sealed record SubjectArt(string CodePoints, LegStyle? Legs, bool Rocks)
{
    /// <summary>Frames of a loop at the world's 8 frames a second.</summary>
    public const int Poses = 8;

    /// <summary>Edge of a stored pose, twice the drawn size so that turned sprites stay sharp.</summary>
    public const int PoseSize = 64;

    private static readonly SubjectArt[] All =
    [
        new("1f9f8", null, Rocks: true),
        new("1f43c", new LegStyle("#3B2A57", "#2A1D40", "#F3ECFF"), Rocks: true),
        new("1f9d1-200d-1f680", new LegStyle("#D9D3E6", "#8D83A8", null), Rocks: true),
        new("1f415", null, Rocks: false),
        new("1f427", null, Rocks: false),
        new("1f916", new LegStyle("#CFC0E0", "#F0336B", "#E4D8F0"), Rocks: true),
        new("1f420", null, Rocks: true),
        new("1f996", null, Rocks: false),
        new("1f418", null, Rocks: false),
        new("1f980", null, Rocks: false),
    ];

    public static SubjectArt Of(Subject subject) => All[(int)subject];

    /// <summary>Name of the strip's file and embedded resource: 8 poses side by side, 64 pixels each, with alpha.</summary>
    public static string FileName(Subject subject) => $"{subject}.png";
}
