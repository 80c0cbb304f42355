namespace Phenaki.Trainer.StoryWorld.Captions;

/// <summary>Writes sentences for scenes: synonyms, three tenses, varied order, sometimes without the place or without the action.</summary>
internal static class CaptionGrammar
{
    private const double WithoutPlace = 0.06;
    private const double WithoutAction = 0.05;
    private const double AsTitle = 0.18;
    private const double PlaceFirst = 0.15;

    public static IReadOnlyList<string> Vocabulary { get; } = [.. CaptionWords.All().SelectMany(Split).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Words and punctuation marks of a caption, in lower case.</summary>
    public static string[] Split(string caption) =>
        caption.ToLowerInvariant().Replace(",", " , ", StringComparison.Ordinal).Replace(".", " . ", StringComparison.Ordinal)
            .Split([' ', '|'], StringSplitOptions.RemoveEmptyEntries);

    public static string Write(SceneSpec scene, ref WorldRandom random, bool complete = false)
    {
        var (beginning, ending) = StyleWords(scene, ref random);
        var isTitle = beginning.EndsWith("of", StringComparison.Ordinal) || random.Chance(AsTitle);
        var subject = Noun(scene.Subject, ref random);
        var place = random.Pick(CaptionWords.Places(scene.Place, scene.Action));
        var leaveOut = complete ? 1 : random.Unit();
        string sentence;
        if (leaveOut < WithoutAction && scene.Extras == SceneExtras.None)
        {
            sentence = $"{subject} {place}";
        }
        else
        {
            var deed = Deed(scene, subject, isTitle, ref random);
            var placeless = scene.Has(SceneExtras.Fireworks) ? 0.5 : WithoutPlace;
            var hasPlace = leaveOut >= WithoutAction + placeless || scene.Action == SceneAction.Dive;
            var placeFirst = beginning.Length == 0 && random.Chance(PlaceFirst);
            sentence = !hasPlace ? deed
                : placeFirst ? $"{place}, {deed}"
                : scene.Has(SceneExtras.Fishes) ? deed.Replace(FishMark, $" {place}{FishMark}", StringComparison.Ordinal)
                : $"{deed} {place}";
            sentence = sentence.Replace(FishMark, " ", StringComparison.Ordinal);
        }

        sentence = $"{beginning} {sentence}{ending}{BackdropWords(scene.Backdrop, ref random)}".Trim();
        return char.ToUpperInvariant(sentence[0]) + sentence[1..] + (random.Chance(0.7) ? "." : "");
    }

    private static string BackdropWords(Backdrop? backdrop, ref WorldRandom random)
    {
        if (backdrop is null)
        {
            return "";
        }

        var style = CaptionWords.BackdropStyles[(int)backdrop.Style];
        var kind = backdrop.Mirrored ? $"{random.Pick(CaptionWords.Mirrored)} {style}" : style;
        return ", " + random.Pick(CaptionWords.Backdrops).Replace("{0}", kind, StringComparison.Ordinal);
    }

    // Stands where the place goes in a deed with fishes: "swims <place> with colorful fishes".
    private const string FishMark = "\u0001";

    private static string Noun(Subject subject, ref WorldRandom random)
    {
        var noun = random.Pick(CaptionWords.Names[(int)subject].Split('|'));
        var article = random.Chance(0.45) ? "the" : noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a";
        return $"{article} {noun}";
    }

    private static string Deed(SceneSpec scene, string subject, bool isTitle, ref WorldRandom random)
    {
        var dog = scene.Has(SceneExtras.Dog) ? random.Pick(CaptionWords.Dogs) : null;
        var together = dog is not null && random.Chance(scene.Has(SceneExtras.Fireworks) ? 0.7 : 0.35);
        var who = together ? $"{subject} and {dog}" : subject;
        if (scene.Has(SceneExtras.Fireworks))
        {
            var watch = Predicate(random.Pick(CaptionWords.Watch), together, isTitle, ref random);
            var companion = dog is null || together ? "" : $" with {dog}";
            return $"{who} {watch} {random.Pick(CaptionWords.Fireworks)}{companion}";
        }

        var verbs = CaptionWords.Verbs(scene.Action, scene.Place);
        // "Strolls his dog" is no English.
        var verb = dog is not null ? verbs[0] : random.Pick(verbs);
        var deed = $"{who} {Predicate(verb, together, isTitle, ref random)}";
        if (dog is not null && !together)
        {
            deed += random.Chance(0.7) ? $" {dog}" : $" with {dog}";
        }

        return scene.Extras switch
        {
            SceneExtras.Puddle => $"{deed} {random.Pick(CaptionWords.Puddles)}",
            SceneExtras.Fishes => $"{deed}{FishMark}{random.Pick(CaptionWords.Fishes)}",
            _ => deed,
        };
    }

    private static string Predicate(Verb verb, bool plural, bool isTitle, ref WorldRandom random)
    {
        if (isTitle)
        {
            return verb.Participle;
        }

        var form = random.Unit();
        return form < 0.45 ? (plural ? verb.Plural : verb.Singular)
            : form < 0.8 ? (plural ? "are " : "is ") + verb.Participle
            : (plural ? "keep " : "keeps ") + verb.Participle;
    }

    private static (string Beginning, string Ending) StyleWords(SceneSpec scene, ref WorldRandom random)
    {
        var style = scene.Has(SceneExtras.Fireworks) && random.Chance(0.3) ? PictureStyle.Night : scene.Style;
        var (beginnings, endings) = style switch
        {
            PictureStyle.Pencil => (CaptionWords.PencilBeginnings, CaptionWords.PencilEndings),
            PictureStyle.Cartoon => (CaptionWords.CartoonBeginnings, CaptionWords.CartoonEndings),
            PictureStyle.Night => (CaptionWords.NightBeginnings, CaptionWords.NightEndings),
            _ => ((string[])[""], (string[])[""]),
        };
        return random.Chance(0.2) ? (random.Pick(beginnings), "") : ("", random.Pick(endings));
    }
}
