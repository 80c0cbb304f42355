// The frames that a story goes on from, as one text: their pixels in base64, which has no commas, one after the other.

/** The frames; none for an empty text. */
export const openingFrames = opening => opening ? opening.split(",") : [];

/** The text of frames. */
export const openingOfFrames = frames => frames.join(",");
