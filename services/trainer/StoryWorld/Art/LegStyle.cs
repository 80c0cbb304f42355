namespace Phenaki.Trainer.StoryWorld.Art;

/// <summary>Colours of the legs drawn below a bust or head, as #RRGGBB.</summary>
/// <param name="Leg">The legs.</param>
/// <param name="Foot">The feet.</param>
/// <param name="Body">A small body between head and legs; none for a bust.</param>
internal sealed record LegStyle(string Leg, string Foot, string? Body);
