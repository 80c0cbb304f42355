#!/bin/sh
# Makes Python code of the contracts, in generated/.
set -eu
cd "$(dirname "$0")"
mkdir -p generated
protoc --proto_path=../../../protos --proto_path=../protos \
  --plugin=protoc-gen-grpc_python="$(command -v grpc_python_plugin)" \
  --python_out=generated --grpc_python_out=generated \
  google/api/annotations.proto google/api/http.proto phenaki/common/v1/common.proto phenaki/story/v1/story.proto rpc_errors.proto
