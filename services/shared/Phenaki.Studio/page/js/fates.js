import { clipsOf } from "./clips.js";
import { openingFrames } from "./opening.js";

// What becomes of each scene when a changed story is made: a clip's place in the cache holds everything before it, so the first change
// makes all that follows run again (services/shared/Phenaki.Caching/StoryKeys.cs).

/** Text as the service compares it. */
export const normalise = text => (text ?? "").trim().replace(/\s+/gu, " ");

/**
 * @param {object} before the script that was made
 * @param {object} after the script that would be made
 * @param {object} model what GetModel told
 * @param {number} made frames of the first that there are: a story that was stopped has not all of them
 * @returns {{fate: "kept"|"part"|"again"|"new"|"open", kept: number, clips: number}[]} for each scene of the second: its frames are there; those of
 *   some of its clips are; it is made anew; there was none; there was one that was not made yet. And how many of its clips are kept, of how many
 */
export function fates(before, after, model, made = Infinity) {
  const [old, next] = [before, after].map(script => clipsOf(script.scenes, openingFrames(script.opening).length, model));
  let isSame = sameForAll(before, after);
  let [start, end] = [0, 0];
  return after.scenes.map((scene, number) => {
    const known = before.scenes[number];
    const isAsItWas = isSame && known !== undefined && sameWords(known, scene);
    const clips = next[number];
    let kept = 0;
    while (isAsItWas && kept < clips.length && clips[kept] === old[number][kept] && end + clips[kept] <= made) {
      end += clips[kept++];
    }

    const fate = kept === clips.length ? "kept" : kept > 0 ? "part" : known === undefined ? "new" : start >= made ? "open" : "again";
    isSame = isAsItWas && known.frames === scene.frames;
    start += known?.frames ?? 0;
    return { fate, kept, clips: clips.length };
  });
}

/** True where making the second would give what the first gave. */
export const isSameScript = (before, after) => before.scenes.length === after.scenes.length && sameForAll(before, after)
  && after.scenes.every((scene, number) => sameWords(before.scenes[number], scene) && before.scenes[number].frames === scene.frames);

function sameForAll(before, after) {
  return normalise(before.style) === normalise(after.style)
    && normalise(before.negativePrompt) === normalise(after.negativePrompt)
    && before.seed === after.seed
    && (before.opening ?? "") === (after.opening ?? "")
    && ["steps", "guidanceScale", "temperature", "choiceTemperature"].every(name => (before.sampling[name] ?? null) === (after.sampling[name] ?? null));
}

const sameWords = (before, after) => normalise(before.prompt) === normalise(after.prompt) && (before.seed ?? "") === (after.seed ?? "");
