namespace Phenaki.Trainer.StoryWorld.Captions;

/// <summary>The forms of a verb that captions use.</summary>
/// <param name="Singular">"swims".</param>
/// <param name="Plural">"swim".</param>
/// <param name="Participle">"swimming".</param>
internal sealed record Verb(string Singular, string Plural, string Participle);
