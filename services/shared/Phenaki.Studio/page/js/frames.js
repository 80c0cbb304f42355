/** The frames of a story that have come, in order. */
export class Frames {
  // A browser's tab should not grow without end: some 40,000 frames of 64x64.
  static maxBytes = 512 * 1024 * 1024;

  #rgb = [];
  #bytes = 0;

  /** True where later frames are not kept any more. */
  isFull = false;

  get count() {
    return this.#rgb.length;
  }

  /** Adds the next frame; one that is known already is passed over. */
  add(index, rgb) {
    if (index !== this.#rgb.length) {
      return false;
    }

    if (this.#bytes + rgb.length > Frames.maxBytes) {
      this.isFull = true;
      return false;
    }

    this.#rgb.push(rgb);
    this.#bytes += rgb.length;
    return true;
  }

  /** A frame; undefined where it has not come. */
  at(index) {
    return this.#rgb[index];
  }
}
