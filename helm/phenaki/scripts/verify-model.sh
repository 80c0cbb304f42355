# Ends in an error unless every file named in CHECKSUMS lies in FOLDER and has its SHA-256.
set -eu
cd "$FOLDER"
if ! sha256sum -c "$CHECKSUMS"; then
  echo "The model in $FOLDER is not the one that models.checksums names." >&2
  exit 1
fi
