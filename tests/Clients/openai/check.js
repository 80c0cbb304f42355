/** Every call of the videos API as OpenAI's own client makes it, checked: node check.js URL [KEY]. */

import assert from "node:assert/strict";
import { File } from "node:buffer";
import { setTimeout as delay } from "node:timers/promises";
import OpenAI from "openai";

// Node 18 has it, but not where the client looks for it.
globalThis.File ??= File;

const PIXEL = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");
const SHORT = { seconds: "0.6", seed: 7, steps: 2 };
const [baseURL, apiKey = "none"] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: 60_000 });

const created = await check("create", async () => {
  const video = await client.videos.create({ prompt: "a bear walks.", ...SHORT });
  assert.match(video.id, /^video_[0-9a-f]{32}$/);
  assert.equal(video.object, "video");
  assert.ok(["queued", "in_progress"].includes(video.status));
  assert.equal(video.prompt, "a bear walks.");
  assert.equal(video.error, null);
  assert.equal(video.remixed_from_video_id, null);
  assert.ok(Math.abs(video.created_at - Date.now() / 1000) < 600);
  return video;
});

await check("poll", async () => {
  const video = await completed(created.id);
  assert.equal(video.progress, 100);
  assert.ok(video.completed_at >= video.created_at && video.expires_at > video.completed_at);
});

await check("download", async () => {
  const whole = await bytes(created.id);
  assert.equal(whole.type, "video/mp4");
  assert.equal(whole.body.subarray(4, 8).toString(), "ftyp");
  const part = await client.videos.downloadContent(created.id, {}, { headers: { Range: "bytes=4-7" } });
  assert.equal(part.status, 206);
  assert.equal(Buffer.from(await part.arrayBuffer()).toString(), "ftyp");
  const thumbnail = await bytes(created.id, { variant: "thumbnail" });
  assert.equal(thumbnail.type, "image/webp");
  assert.equal(thumbnail.body.subarray(8, 12).toString(), "WEBP");
  const sheet = await bytes(created.id, { variant: "spritesheet" });
  assert.equal(sheet.type, "image/jpeg");
  assert.equal(sheet.body.readUInt16BE(0), 0xffd8);
});

await check("scenes", async () => {
  const scenes = [{ prompt: "the bear dances.", seconds: 0.5 }, { prompt: "the bear sleeps.", seconds: 0.5 }];
  const video = await client.videos.create({ prompt: "a bear walks.", ...SHORT, guidance: 3, style: "drawing", scenes });
  assert.deepEqual(video.scenes.map((scene) => scene.prompt), ["a bear walks.", "the bear dances.", "the bear sleeps."]);
  await completed(video.id);
});

const remixed = await check("remix", async () => {
  const video = await client.videos.remix(created.id, { prompt: "a fox walks." });
  assert.equal(video.remixed_from_video_id, created.id);
  assert.equal(video.prompt, "a fox walks.");
  assert.equal(video.seconds, created.seconds);
  await completed(video.id);
  assert.notDeepEqual((await bytes(video.id)).body, (await bytes(created.id)).body);
  return video;
});

await check("extend", async () => {
  const video = await client.videos.extend({ prompt: "the bear dances.", seconds: "0.5", video: { id: created.id } });
  assert.equal(video.prompt, "a bear walks.\nthe bear dances.");
  assert.ok(Number(video.seconds) > Number(created.seconds));
  await completed(video.id);
});

await check("input_reference", async () => {
  const file = new File([PIXEL], "pixel.png", { type: "image/png" });
  const first = await client.videos.create({ prompt: "a bear walks.", ...SHORT, input_reference: file });
  const second = await client.videos.create({ prompt: "a bear walks.", ...SHORT, input_reference: { image_url: `data:image/png;base64,${PIXEL.toString("base64")}` } });
  await completed(first.id);
  await completed(second.id);
  assert.deepEqual((await bytes(first.id)).body, (await bytes(second.id)).body);
  assert.notDeepEqual((await bytes(first.id)).body, (await bytes(created.id)).body);
});

await check("list", async () => {
  const newest = [];
  for await (const video of client.videos.list({ limit: 2 })) newest.push(video.id);
  assert.equal(newest.length, 6);
  assert.equal(newest.at(-1), created.id);
  const oldest = [];
  for await (const video of client.videos.list({ limit: 4, order: "asc" })) oldest.push(video.id);
  assert.deepEqual(oldest, newest.toReversed?.() ?? [...newest].reverse());
  const page = await client.videos.list({ limit: 2, after: newest[1] });
  assert.deepEqual(page.data.map((video) => video.id), newest.slice(2, 4));
  assert.equal(page.has_more, true);
});

await check("delete", async () => {
  assert.deepEqual(await client.videos.delete(remixed.id), { id: remixed.id, object: "video.deleted", deleted: true });
  const error = await refused(OpenAI.NotFoundError, client.videos.retrieve(remixed.id));
  assert.equal(error.code, "video_not_found");
});

await check("uploads", async () => {
  const file = () => new File([film], "film.mp4", { type: "video/mp4" });
  const film = (await bytes(created.id)).body;
  const longer = await client.videos.extend({ prompt: "the bear dances.", seconds: "0.5", video: file() });
  assert.equal(longer.prompt, "the bear dances.");
  await completed(longer.id);
  const edited = await client.videos.edit({ prompt: "a fox walks.", video: file() });
  assert.equal(edited.seconds, created.seconds);
  await completed(edited.id);
  const error = await refused(OpenAI.BadRequestError, client.videos.edit({ prompt: "a fox walks.", video: new File(["no video"], "film.mp4") }));
  assert.equal(error.param, "video");
});

await check("errors", async () => {
  let error = await refused(OpenAI.BadRequestError, client.videos.create({ prompt: "" }));
  assert.deepEqual([error.type, error.param], ["invalid_request_error", "prompt"]);
  error = await refused(OpenAI.BadRequestError, client.videos.create({ prompt: "a bear.", size: "1280x720" }));
  assert.equal(error.param, "size");
  error = await refused(OpenAI.BadRequestError, client.videos.create({ prompt: "a bear.", model: "sora-2" }));
  assert.deepEqual([error.param, error.code], ["model", "model_not_found"]);
  error = await refused(OpenAI.BadRequestError, client.videos.create({ prompt: "a bear.", steps: 1000 }));
  assert.equal(error.param, "steps");
  error = await refused(OpenAI.BadRequestError, client.videos.create({ prompt: "a bear.", stepz: 10 }));
  assert.equal(error.param, "stepz");
  error = await refused(OpenAI.BadRequestError, client.videos.create({ prompt: "a bear.", input_reference: new File(["no picture"], "a.png") }));
  assert.equal(error.param, "input_reference");
  error = await refused(OpenAI.NotFoundError, client.videos.downloadContent("video_none"));
  assert.equal(error.code, "video_not_found");
  await refused(OpenAI.NotFoundError, client.videos.getCharacter("char_1"));
  error = await refused(OpenAI.NotFoundError, client.videos.createCharacter({ name: "Bear", video: new File(["bear"], "bear.mp4") }));
  assert.match(error.error.message, /no characters/);
  const long = await client.videos.create({ prompt: "a bear walks.", seconds: "100" });
  error = await refused(OpenAI.BadRequestError, client.videos.downloadContent(long.id));
  assert.equal(error.code, "video_not_completed");
  await client.videos.delete(long.id);
});

if (apiKey !== "none") {
  await check("key", async () => {
    const stranger = new OpenAI({ baseURL, apiKey: "sk-nobody", maxRetries: 0 });
    const error = await refused(OpenAI.AuthenticationError, stranger.videos.list());
    assert.equal(error.code, "invalid_api_key");
  });
}

async function check(name, work) {
  const result = await work();
  console.log(`${name}: ok`);
  return result;
}

async function completed(id) {
  for (;;) {
    const video = await client.videos.retrieve(id);
    assert.notEqual(video.status, "failed", video.error?.message);
    if (video.status === "completed") return video;
    assert.ok(video.progress >= 0 && video.progress < 100);
    await delay(100);
  }
}

async function bytes(id, query) {
  const response = await client.videos.downloadContent(id, query);
  return { type: response.headers.get("content-type"), body: Buffer.from(await response.arrayBuffer()) };
}

async function refused(kind, call) {
  const error = await call.then(() => assert.fail("The call was answered."), (failure) => failure);
  assert.ok(error instanceof kind, `${error}`);
  assert.ok(error.error.message.length > 0);
  return error;
}
