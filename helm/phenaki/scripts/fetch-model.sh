# Fetches each file named in CHECKSUMS from URL into FOLDER. A file gets its name only when its SHA-256 is right, so that a container that is started
# again goes on where it was.
set -eu
mkdir -p "$FOLDER"
cd "$FOLDER"

is_right() { echo "$1  $2" | sha256sum -c - > /dev/null 2>&1; }

while read -r sum name; do
  if [ -f "$name" ]; then
    echo "$name is there already."
    continue
  fi
  part=$name.part
  # A whole part that only lacks its name is not asked for again: the server would refuse to send what comes after its end.
  if ! { [ -f "$part" ] && is_right "$sum" "$part"; }; then
    echo "Fetching $URL/$name"
    curl ${CURL_CONFIG:+--config "$CURL_CONFIG"} --fail --location --silent --show-error --retry 5 --continue-at - \
      --connect-timeout 20 --max-time "$TIMEOUT_SECONDS" --output "$part" "$URL/$name" || {
      echo "$URL/$name could not be fetched." >&2
      exit 1
    }
  fi
  if ! is_right "$sum" "$part"; then
    echo "$URL/$name has the SHA-256 $(sha256sum "$part" | cut -d ' ' -f 1); models.checksums says $sum." >&2
    rm "$part"
    exit 1
  fi
  mv "$part" "$name"
done < "$CHECKSUMS"
