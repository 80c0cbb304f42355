#include "story_errors.h"

#include "rpc_errors.pb.h"

ErrorDetails DetailsOf(const grpc::Status& error) {
  ErrorDetails details;
  // gRPC for C++ hands out the trailer as error_details().
  google::rpc::Status status;
  if (!status.ParseFromString(error.error_details())) return details;
  for (const auto& packed : status.details()) {
    google::rpc::BadRequest bad_request;
    google::rpc::RetryInfo retry_info;
    google::rpc::ErrorInfo error_info;
    if (packed.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        details.violations.emplace_back(violation.field(), violation.description());
      }
    } else if (packed.UnpackTo(&retry_info)) {
      details.retry_after = std::chrono::seconds(retry_info.retry_delay().seconds()) + std::chrono::nanoseconds(retry_info.retry_delay().nanos());
    } else if (packed.UnpackTo(&error_info)) {
      details.reason = error_info.reason();
    }
  }
  return details;
}
