/**
 * Plays the frames that have come at the story's own rate; where there are no more yet it waits for them. Fires "frame" when another one is
 * to be seen, and "state" when it starts or stops.
 */
export class Player extends EventTarget {
  #frames = null;
  #rate = 8;
  #length = 0;
  #timer = 0;
  #since = 0;

  /** Number of the frame that is seen. */
  position = 0;
  isPlaying = false;
  isLooping = true;

  /** Shows another story. */
  load(frames) {
    this.#frames = frames;
    this.#length = 0;
    this.position = 0;
    this.#set(false);
    this.#show();
  }

  /** The story is planned. */
  plan(length, rate) {
    this.#length = length;
    this.#rate = rate;
  }

  get count() {
    return this.#frames?.count ?? 0;
  }

  /** True where it stands at the last frame that has come, and more will. */
  get isAtEdge() {
    return this.position >= this.count - 1 && this.count < this.#length;
  }

  play() {
    if (this.count > 0 && this.position >= this.#length - 1) {
      this.position = 0;
      this.#show();
    }

    this.#set(true);
  }

  pause() {
    this.#set(false);
  }

  toggle() {
    this.isPlaying ? this.pause() : this.play();
  }

  /** Goes to a frame; beyond those that have come, to the last of them. */
  seek(frame) {
    this.position = Math.max(0, Math.min(frame, this.count - 1));
    this.#since = performance.now();
    this.#show();
  }

  /** A frame has come. */
  arrived() {
    if (this.count === 1) {
      this.#show();
    }
  }

  #set(isPlaying) {
    if (this.isPlaying === isPlaying) {
      return;
    }

    this.isPlaying = isPlaying;
    cancelAnimationFrame(this.#timer);
    if (isPlaying) {
      this.#since = performance.now();
      this.#timer = requestAnimationFrame(now => this.#tick(now));
    }

    this.dispatchEvent(new Event("state"));
  }

  #tick(now) {
    if (!this.isPlaying) {
      return;
    }

    const step = 1000 / this.#rate;
    const due = Math.floor((now - this.#since) / step);
    if (due > 0) {
      this.#since += due * step;
      this.#advance(due);
    }

    if (this.isPlaying) {
      this.#timer = requestAnimationFrame(next => this.#tick(next));
    }
  }

  #advance(frames) {
    const next = this.position + frames;
    if (next < this.count) {
      this.position = next;
      this.#show();
    } else if (this.count < this.#length || this.count === 0) {
      // The edge: shows the last one and waits.
      if (this.position !== Math.max(0, this.count - 1)) {
        this.position = this.count - 1;
        this.#show();
      }
    } else if (this.isLooping && this.count > 1) {
      this.position = next % this.count;
      this.#show();
    } else {
      this.position = this.count - 1;
      this.#show();
      this.#set(false);
    }
  }

  #show() {
    this.dispatchEvent(new Event("frame"));
  }
}
