#!/bin/sh
# Runs a command with a container engine that Testcontainers finds: the one of DOCKER_HOST, or a Docker that runs, or else podman, served for
# as long as the command runs. Usage: with-engine.sh COMMAND...
set -eu
if [ -n "${DOCKER_HOST:-}" ] || [ -S /var/run/docker.sock ]; then
  exec "$@"
fi
command -v podman > /dev/null || { echo "Neither Docker nor podman is here." >&2; exit 1; }

work=$(mktemp -d)
# Where runc is installed it is taken: crun does not start where cgroups are of the first version. And limits are set to what
# any machine allows: podman's own are above what some grant.
if [ -z "${CONTAINERS_CONF:-}" ] && command -v runc > /dev/null; then
  printf '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\n[engine]\nruntime="runc"\n' > "$work/containers.conf"
  export CONTAINERS_CONF="$work/containers.conf"
fi
podman system service --time=0 "unix://$work/podman.sock" &
service=$!
trap 'kill "$service"; wait "$service" || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do
  if [ -S "$work/podman.sock" ]; then break; fi
  sleep 0.1
done
export DOCKER_HOST="unix://$work/podman.sock" TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
"$@"
