// What becomes of each scene when a changed story is made: a clip's place in the cache holds everything before it, so the first change
// makes all that follows run again (services/shared/Phenaki.Caching/StoryKeys.cs).

/** Text as the service compares it. */
export const normalise = text => (text ?? "").trim().replace(/\s+/gu, " ");

/**
 * @param {object} before the script that was made
 * @param {object} after the script that would be made
 * @returns {("kept"|"again"|"new")[]} for each scene of the second: its frames are there; it is made anew; there was none
 */
export function fates(before, after) {
  let isSame = sameForAll(before, after);
  return after.scenes.map((scene, number) => {
    const old = before.scenes[number];
    isSame &&= old !== undefined && sameScene(old, scene);
    return isSame ? "kept" : old === undefined ? "new" : "again";
  });
}

/** True where making the second would give what the first gave. */
export const isSameScript = (before, after) =>
  before.scenes.length === after.scenes.length && fates(before, after).every(fate => fate === "kept");

function sameForAll(before, after) {
  return normalise(before.style) === normalise(after.style)
    && normalise(before.negativePrompt) === normalise(after.negativePrompt)
    && before.seed === after.seed
    && (before.opening ?? "") === (after.opening ?? "")
    && ["steps", "guidanceScale", "temperature", "choiceTemperature"].every(name => (before.sampling[name] ?? null) === (after.sampling[name] ?? null));
}

const sameScene = (before, after) =>
  normalise(before.prompt) === normalise(after.prompt) && before.frames === after.frames && (before.seed ?? "") === (after.seed ?? "");
