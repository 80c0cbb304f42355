// How the service cuts scenes into clips (services/orchestrator/Stories/StoryPlanner.cs): the first clip is all new, every later one begins with
// the last frames that were shown.

/**
 * @param {object[]} scenes with their frames
 * @param {number} opening frames that the story goes on from
 * @param {{clipFrames: number, prefixFrames: number, temporalPatch: number}} model what GetModel told
 * @returns {number[][]} for each scene the new frames of its clips
 */
export function clipsOf(scenes, opening, { clipFrames, prefixFrames, temporalPatch }) {
  let shown = opening;
  return scenes.map(scene => {
    const clips = [];
    for (let rest = scene.frames; rest > 0;) {
      const prefix = shown === 0 ? 0 : wholeClip(Math.min(shown, prefixFrames), temporalPatch);
      const added = Math.min(rest, clipFrames - prefix);
      clips.push(added);
      rest -= added;
      shown += added;
    }

    return clips;
  });
}

/** Frames of the longest clip that ends in no more than some frames: one, and as many patches as have room. */
const wholeClip = (frames, patch) => frames - (frames - 1) % patch;
