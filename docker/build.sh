#!/bin/sh
# Builds the images phenaki-{text-encoder,video-tokenizer,masked-transformer,orchestrator,cli} with podman or docker.
# Usage: build.sh [cpu|cuda] [TAG] [SOURCE]; defaults: cpu, the version in Directory.Build.props (with -cuda for cuda), this repository.
# A NuGet configuration of the machine (ENV NUGET_CONFIG, default ~/.nuget/NuGet/NuGet.Config) goes in as a secret; a folder of packages
# (ENV NUGET_PACKAGES, default ~/.nuget/packages) is looked into before the registry. Neither stays in an image.
set -eu
source=${3:-$(dirname "$0")/..}
variant=${1:-cpu}
version=$(sed -n 's/.*<Version>\(.*\)<.*/\1/p' "$source/Directory.Build.props")
case $variant in
  cpu) tag=${2:-$version} programs="text-encoder video-tokenizer masked-transformer orchestrator cli" ;;
  cuda) tag=${2:-$version-cuda} programs="text-encoder video-tokenizer masked-transformer orchestrator" ;;
  *) echo "'$variant' is no variant; allowed are cpu and cuda." >&2; exit 2 ;;
esac
engine=${ENGINE:-$(command -v podman || command -v docker)}
revision=$(git -C "$source" rev-parse HEAD 2> /dev/null || echo unknown)
config=${NUGET_CONFIG:-$HOME/.nuget/NuGet/NuGet.Config}
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}

set -- --file "$source/docker/Dockerfile" --network host --build-arg "VERSION=$version" --build-arg "REVISION=$revision"
if [ -f "$config" ]; then set -- "$@" --secret "id=nuget-config,src=$config"; fi
case $engine in
  # Health checks are no part of OCI's image format: podman leaves them out unless it writes Docker's.
  *podman) set -- "$@" --format docker --layers
    if [ -d "$packages" ]; then set -- "$@" --build-context "packages=$packages"; fi ;;
  # Docker would copy the whole folder to its daemon first: only when it is asked for.
  *) if [ -n "${NUGET_PACKAGES:-}" ]; then set -- "$@" --build-context "packages=$packages"; fi ;;
esac

for program in $programs; do
  target=$variant
  if [ "$program" = cli ]; then target=cli; fi
  "$engine" build "$@" --target "$target" --build-arg "SERVICE=$program" --tag "phenaki-$program:$tag" "$source"
done
