import { spawn } from "node:child_process";
import { once } from "node:events";
import { rename, rm } from "node:fs/promises";
import path from "node:path";

/** A video that ffmpeg writes while its frames come; the ending of the name chooses the format. Nothing is left of a video that broke off. */
export class VideoFile {
  #path;
  #partial;
  #ffmpeg;
  #exit;

  constructor(file, width, height, framesPerSecond) {
    const { dir, base } = path.parse(file);
    this.#path = file;
    this.#partial = path.join(dir, `.partial-${process.pid}-${base}`);
    // Browsers play H.264 only with halved colours; other formats keep what comes.
    const pixels = base.endsWith(".mp4") ? ["-pix_fmt", "yuv420p", "-movflags", "+faststart"] : [];
    const raw = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", `${width}x${height}`, "-framerate", `${framesPerSecond}`, "-i", "-"];
    // A group of its own: Ctrl-C is for us, ffmpeg shall see only the end of its input.
    this.#ffmpeg = spawn("ffmpeg", ["-loglevel", "error", "-y", ...raw, ...pixels, this.#partial], {
      stdio: ["pipe", "inherit", "inherit"],
      detached: true,
    });
    this.#ffmpeg.stdin.on("error", () => {}); // Its exit code tells why it stopped reading.
    this.#exit = new Promise((resolve) => {
      this.#ffmpeg.once("exit", resolve);
      this.#ffmpeg.once("error", resolve);
    });
  }

  /** Adds a frame: height * width * 3 bytes. */
  async append(rgb) {
    if (!this.#ffmpeg.stdin.write(rgb)) await Promise.race([once(this.#ffmpeg.stdin, "drain"), this.#exit]);
  }

  /** Completes the file. */
  async save() {
    this.#ffmpeg.stdin.end();
    if ((await this.#exit) !== 0) throw new Error(`ffmpeg could not write ${this.#path}`);
    await rename(this.#partial, this.#path);
  }

  /** Removes what was not saved. */
  async close() {
    this.#ffmpeg.kill("SIGKILL");
    await this.#exit;
    await rm(this.#partial, { force: true });
  }
}
