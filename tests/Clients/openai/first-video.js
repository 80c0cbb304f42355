import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `http://${process.env.PHENAKI_ADDRESS ?? "localhost:5180"}/v1`, apiKey: process.env.PHENAKI_API_KEY ?? "none" });
let video = await client.videos.create({ prompt: "A teddy bear is swimming in the ocean.", seconds: "2" });
while (video.status === "queued" || video.status === "in_progress") {
  console.log(`${video.status}: ${video.progress} %`);
  await delay(500);
  video = await client.videos.retrieve(video.id);
}
if (video.status === "failed") throw new Error(video.error.message);
const content = await client.videos.downloadContent(video.id);
await pipeline(Readable.fromWeb(content.body), createWriteStream("video.mp4"));
console.log(`video.mp4: ${video.seconds} seconds of ${video.size} pixels`);
