#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

// What an error of the services says beyond its code: google.rpc.Status, in the trailer grpc-status-details-bin.
struct ErrorDetails {
  // Path of each wrong field, and what is wrong with it.
  std::vector<std::pair<std::string, std::string>> violations;

  // How long to wait before asking again; nothing: asking again does not help.
  std::optional<std::chrono::duration<double>> retry_after;

  // As in MODEL_MISMATCH.
  std::string reason;
};

// Reads the details of an error; they are empty where it has none.
ErrorDetails DetailsOf(const grpc::Status& error);
