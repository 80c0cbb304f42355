#!/bin/sh
# Brings the images that docker/Dockerfile and docker/compose.yaml begin with: pulled where a registry answers; else, with podman on a Debian
# that has the .NET SDK, stand-ins of the same names made of Debian's packages and that SDK, so that the same Dockerfile is built there too.
# Stand-ins carry the label phenaki.stand-in and are for trying and testing. Needs mmdebstrap.
set -eu
cd "$(dirname "$0")"
sdk=$(sed -n 's/^ARG SDK_IMAGE=//p' Dockerfile)
aspnet=$(sed -n 's/^ARG RUNTIME_IMAGE=//p' Dockerfile)
redis=$(sed -n 's/^ *image: *\(.*redis:.*\)/\1/p' compose.yaml | sort -u)
engine=${ENGINE:-$(command -v podman || command -v docker)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

has() { "$engine" image inspect "$1" > /dev/null 2>&1; }

# has IMAGE, or pulls it.
comes() { has "$1" || timeout 600 "$engine" pull -q "$1" > /dev/null 2>&1; }

missing=
for image in "$sdk" "$aspnet" "$redis"; do
  comes "$image" || missing="$missing $image"
done
if [ -z "$missing" ]; then
  exit 0
fi

case $engine in
  *podman) ;;
  *) echo "Cannot be pulled:$missing. Stand-ins are made with podman alone." >&2; exit 1 ;;
esac
echo "Cannot be pulled, made of Debian's packages instead:$missing"
. /etc/os-release
base=localhost/phenaki-stand-in:$VERSION_CODENAME

# An image of the installed .NET: its folder, less what is given.
dotnet_image() { # IMAGE LEFT-OUT CONTAINERFILE
  printf '%s\n' "$2" > "$work/ignore"
  printf '%s\n' "$3" > "$work/Containerfile"
  podman build --quiet --format docker --label phenaki.stand-in=true --file "$work/Containerfile" --ignorefile "$work/ignore" --tag "$1" \
    "$(dirname "$(readlink -f "$(command -v dotnet)")")" > /dev/null
}

# What the published ones have, too: the libraries that .NET needs, on a Debian with nothing else.
has "$base" || {
  icu=$(apt-cache --names-only search '^libicu[0-9]+$' | cut -d ' ' -f 1)
  mmdebstrap --quiet --variant=minbase --include="ca-certificates,libgcc-s1,$icu,libssl3,libstdc++6,tzdata" \
    --customize-hook='rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/usr/share/doc/* "$1"/usr/share/man/*' \
    "$VERSION_CODENAME" "$work/debian.tar"
  podman import --quiet --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$work/debian.tar" "$base" > /dev/null
}
has "$aspnet" || dotnet_image "$aspnet" 'sdk
sdk-manifests
templates
packs
library-packs' "FROM $base
COPY . /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
ENV ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true"

# A machine that cannot reach a registry of images has ways of its own to one of packages: its certificates, and no revocation lists.
has "$sdk" || {
  mkdir "$work/certificates"
  cp /etc/ssl/certs/ca-certificates.crt "$work/certificates/"
  dotnet_image "$sdk" '' "FROM $base
COPY . /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
ENV DOTNET_RUNNING_IN_CONTAINER=true NUGET_CERT_REVOCATION_MODE=offline SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
  podman build --quiet --format docker --label phenaki.stand-in=true --tag "$sdk" --file - "$work/certificates" > /dev/null <<EOF
FROM $sdk
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
EOF
}
has "$redis" || podman build --quiet --format docker --network host --label phenaki.stand-in=true --tag "$redis" --file - "$work" > /dev/null <<EOF
FROM $base
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server redis-tools > /dev/null && rm -rf /var/lib/apt/lists/*
RUN mkdir /data && chown 999:999 /data
VOLUME /data
WORKDIR /data
CMD ["redis-server", "--protected-mode", "no"]
EOF
