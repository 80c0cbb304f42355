#!/bin/sh
# Runs inside docker/Dockerfile: publishes every program and cuts each into the layers of its image,
#   /layers/PROGRAM/{natives,packages,model,own}/app
# Usage: layers.sh cpu|cuda PACKAGES, where PACKAGES is a folder of NuGet packages that may be empty.
set -eu
variant=$1 packages=$2

# Layers are told apart by their bytes, and times are among them: what did not change must not look new.
epoch=@0

# Moves what `find "$from" ...` finds into a layer, below the same folders.
into() {
  layer=$1
  shift
  (cd "$from" && find . -type f "$@" -print) | while read -r file; do
    mkdir -p "$layer/app/$(dirname "$file")"
    mv "$from/$file" "$layer/app/$file"
  done
}

for program in text-encoder video-tokenizer masked-transformer orchestrator cli; do
  from=/publish/$program to=/layers/$program
  dotnet publish "services/$program" --configuration Release --output "$from" \
    -p:TorchVariant="$variant" -p:RestoreFallbackFolders="$packages" -p:DebugType=embedded

  mkdir -p "$to/natives" "$to/packages" "$to/model" "$to/own"
  find "$from" -name '*.xml' -delete
  into "$to/natives" \( -name '*.so' -o -name '*.so.*' \)
  into "$to/model" -path './models/*'
  into "$to/own" \( -name 'Phenaki.*' -o -name 'phenaki' -o -name 'phenaki.*' -o -name 'appsettings.*.json' \)
  into "$to/packages"

  # The program's own name for start and health check, the same in every image.
  ln -s "$(dotnet msbuild "services/$program" -getProperty:AssemblyName)" "$to/own/app/service"

  # A container's loopback is its own: what listens there cannot be called.
  find "$to/own/app" -name 'appsettings.*.json' -exec sed -i 's#\("Listen": "http://\)127\.0\.0\.1:#\10.0.0.0:#' {} +

  # libtorch, the same for all that have it, is one file and so one layer; natives of other packages lie with these.
  shared=/layers/text-encoder/natives
  if [ "$to/natives" != "$shared" ] && [ -d "$to/natives/app" ]; then
    for file in "$to"/natives/app/*; do
      if cmp -s "$file" "$shared/app/${file##*/}"; then
        ln -f "$shared/app/${file##*/}" "$file"
      else
        mv "$file" "$to/packages/app/"
      fi
    done
  fi
done

chmod -R u=rwX,go=rX /layers
find /layers -exec touch -h -d "$epoch" {} +
find /source -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
rm -rf /publish /source/artifacts
