"""Frames into a video file."""

import os
import subprocess


class VideoFile:
    """A video that ffmpeg writes while its frames come; the ending of the name chooses the format. Nothing is left of a video that broke off."""

    def __init__(self, path: str, width: int, height: int, frames_per_second: float):
        folder, name = os.path.split(path)
        self._path, self._partial = path, os.path.join(folder, f".partial-{os.getpid()}-{name}")
        # Browsers play H.264 only with halved colours; other formats keep what comes.
        pixels = ["-pix_fmt", "yuv420p", "-movflags", "+faststart"] if name.endswith(".mp4") else []
        self._ffmpeg = subprocess.Popen(
            ["ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{width}x{height}",
             "-framerate", str(frames_per_second), "-i", "-", *pixels, self._partial],
            stdin=subprocess.PIPE,
            start_new_session=True)  # Ctrl-C is for us: ffmpeg shall see only the end of its input.

    def append(self, rgb: bytes) -> None:
        """Adds a frame: height * width * 3 bytes."""
        self._ffmpeg.stdin.write(rgb)

    def save(self) -> None:
        """Completes the file."""
        self._ffmpeg.communicate()
        if self._ffmpeg.returncode != 0:
            raise OSError(f"ffmpeg could not write {self._path}")
        os.replace(self._partial, self._path)

    def __enter__(self) -> "VideoFile":
        return self

    def __exit__(self, *_) -> None:
        if self._ffmpeg.returncode is None:
            self._ffmpeg.kill()
            self._ffmpeg.communicate()
        if os.path.exists(self._partial):
            os.remove(self._partial)
