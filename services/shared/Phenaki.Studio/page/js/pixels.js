// Frames as the service has them (RGB, row by row) and as a canvas has them.

/** Bytes of base64. */
export function fromBase64(text) {
  if (Uint8Array.fromBase64) {
    return Uint8Array.fromBase64(text);
  }

  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    bytes[i] = raw.charCodeAt(i);
  }

  return bytes;
}

/** Base64 of bytes. */
export function toBase64(bytes) {
  let raw = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    raw += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }

  return btoa(raw);
}

/** Puts a frame on a canvas of its size. */
export function drawFrame(canvas, rgb, width, height) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }

  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    image.data[to] = rgb[from];
    image.data[to + 1] = rgb[from + 1];
    image.data[to + 2] = rgb[from + 2];
    image.data[to + 3] = 255;
  }

  context.putImageData(image, 0, 0);
}

/**
 * A picture as a frame of the model: its middle, as large as fits.
 * @param {Blob} file
 * @returns {Promise<Uint8Array>} RGB
 */
export async function readPicture(file, width, height) {
  const picture = await createImageBitmap(file);
  const scale = Math.max(width / picture.width, height / picture.height);

  // Halved until it is near: one step from a photograph to 64 pixels would leave out most of its pixels.
  let source = picture;
  let [w, h] = [picture.width, picture.height];
  while (w * .5 > picture.width * scale && h * .5 > picture.height * scale) {
    const half = new OffscreenCanvas(w = Math.ceil(w / 2), h = Math.ceil(h / 2));
    half.getContext("2d").drawImage(source, 0, 0, w, h);
    source = half;
  }

  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  const [drawnWidth, drawnHeight] = [picture.width * scale, picture.height * scale];
  context.drawImage(source, (width - drawnWidth) / 2, (height - drawnHeight) / 2, drawnWidth, drawnHeight);
  picture.close();
  const pixels = context.getImageData(0, 0, width, height).data;
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
    rgb[to] = pixels[from];
    rgb[to + 1] = pixels[from + 1];
    rgb[to + 2] = pixels[from + 2];
  }

  return rgb;
}
