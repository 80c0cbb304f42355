#include "video_file.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <vector>

extern char** environ;

VideoFile::VideoFile(std::filesystem::path path, unsigned width, unsigned height, double frames_per_second) : path_(std::move(path)) {
  partial_ = path_;
  partial_.replace_filename(".partial-" + std::to_string(getpid()) + "-" + path_.filename().string());
  std::vector<std::string> arguments = {
      "ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgb24",
      "-video_size", std::to_string(width) + "x" + std::to_string(height), "-framerate", std::to_string(frames_per_second), "-i", "-"};
  // Browsers play H.264 only with halved colours; other formats keep what comes.
  if (path_.extension() == ".mp4") arguments.insert(arguments.end(), {"-pix_fmt", "yuv420p", "-movflags", "+faststart"});
  arguments.push_back(partial_.string());
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  int pipe[2];
  if (pipe2(pipe, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[0], STDIN_FILENO);
  const int error = posix_spawnp(&ffmpeg_, "ffmpeg", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe[0]);
  input_ = pipe[1];
  if (error != 0) {
    close(input_);
    throw std::system_error(error, std::generic_category(), "ffmpeg");
  }
}

VideoFile::~VideoFile() {
  if (ffmpeg_ > 0) {
    kill(ffmpeg_, SIGKILL);
    EndFfmpeg();
  }
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);
}

void VideoFile::Append(const std::string& rgb) {
  for (size_t done = 0; done < rgb.size();) {
    const ssize_t written = write(input_, rgb.data() + done, rgb.size() - done);
    if (written >= 0) {
      done += written;
    } else if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "ffmpeg stopped reading");
    }
  }
}

void VideoFile::Save() {
  if (EndFfmpeg() != 0) throw std::runtime_error("ffmpeg could not write " + path_.string());
  std::filesystem::rename(partial_, path_);
}

int VideoFile::EndFfmpeg() {
  close(input_);
  int status = -1;
  while (waitpid(ffmpeg_, &status, 0) < 0 && errno == EINTR) {
  }
  ffmpeg_ = -1;
  return status;
}
