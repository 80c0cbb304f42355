#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

// A video that ffmpeg writes while its frames come; the ending of the name chooses the format. Nothing is left of a video that broke off.
class VideoFile {
 public:
  // Throws std::system_error where ffmpeg cannot be started.
  VideoFile(std::filesystem::path path, unsigned width, unsigned height, double frames_per_second);
  ~VideoFile();

  VideoFile(const VideoFile&) = delete;
  VideoFile& operator=(const VideoFile&) = delete;

  // Adds a frame: height * width * 3 bytes. Throws std::system_error where ffmpeg has stopped reading.
  void Append(const std::string& rgb);

  // Completes the file. Throws std::runtime_error where it cannot be written.
  void Save();

 private:
  int EndFfmpeg();

  std::filesystem::path path_;
  std::filesystem::path partial_;
  pid_t ffmpeg_ = -1;
  int input_ = -1;
};
