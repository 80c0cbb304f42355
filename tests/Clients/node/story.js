#!/usr/bin/env node
/** Makes a story into a video: shows its progress, saves it, can be stopped with Ctrl-C, and says what is wrong. */

import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import grpc from "@grpc/grpc-js";
import { StoryService } from "./contracts.js";
import { detailsOf } from "./story-errors.js";
import { VideoFile } from "./video-file.js";

const ATTEMPTS = 5;
const USAGE = `usage: node story.js PROMPT... [options]
  -o, --output FILE  video file; the ending chooses the format (default: story.mp4)
  --frames N         frames of each scene (default: the service's)
  --steps N          sampling steps (default: the model's)
  --seed N           the same seed gives the same video (default: the service draws one)
  --address H:P      the orchestrator (default: localhost:5100)
  --api-key KEY      key (default: the variable PHENAKI_API_KEY)
  --ca FILE          PEM file of the authority that signed the service's certificate: speak TLS
  --cert, --key FILE PEM files of this client's own certificate and its private key`;

async function main() {
  const { values: options, positionals: prompts } = readArguments();
  const request = {
    scenes: prompts.map((prompt) => ({ prompt, frames: Number(options.frames ?? 0) })),
    seed: options.seed,
    sampling: options.steps === undefined ? undefined : { steps: Number(options.steps) },
  };
  const stories = new StoryService(options.address, credentials(options));
  for (let attempt = 1; ; attempt++) {
    try {
      return await generate(stories, request, options);
    } catch (error) {
      if (!(error.code in grpc.status)) throw error;
      const wait = report(error);
      if (wait === undefined || attempt === ATTEMPTS) return error.code === grpc.status.INVALID_ARGUMENT ? 2 : 1;
      console.error(`Asking again in ${wait} seconds.`);
      await delay(wait * 1000);
    }
  }
}

/** Asks for the story and saves its frames as they come. */
async function generate(stories, request, options) {
  const metadata = new grpc.Metadata();
  if (options["api-key"]) metadata.set("authorization", `Bearer ${options["api-key"]}`);
  const call = stories.generateStory(request, metadata);
  // The service stops within one step; just leaving would only be noticed when the connection breaks.
  const cancel = () => call.cancel();
  process.once("SIGINT", cancel);
  let plan, video;
  try {
    for await (const event of call) {
      switch (event.event) {
        case "accepted":
          plan = event.accepted;
          console.error(`Seed ${plan.seed}, ${plan.frames} frames of ${plan.width}x${plan.height} pixels.`);
          video = new VideoFile(options.output, plan.width, plan.height, plan.framesPerSecond);
          break;
        case "sceneStarted": {
          const number = event.sceneStarted.scene;
          console.error(`Scene ${number + 1} of ${plan.scenes.length}: ${plan.scenes[number].prompt}`);
          break;
        }
        case "progress": {
          const { scene, clip, step, steps } = event.progress;
          console.error(`  clip ${clip + 1} of ${plan.scenes[scene].clips}, step ${step} of ${steps}`);
          break;
        }
        case "frame":
          await video.append(event.frame.frame.rgb);
          break;
        case "finished":
          await video.save();
          break;
      }
    }
    console.log(`${options.output}: ${plan.frames} frames`);
    return 0;
  } catch (error) {
    if (error.code !== grpc.status.CANCELLED) throw error;
    console.error("Cancelled.");
    return 130;
  } finally {
    process.off("SIGINT", cancel);
    await video?.close();
  }
}

/** Says what is wrong; answers how many seconds to wait before asking again, undefined for not at all. */
function report(error) {
  console.error(`${grpc.status[error.code]}: ${error.details}`);
  const { violations, retryAfter, reason } = detailsOf(error);
  for (const { field, description } of violations) console.error(`  ${field}: ${description}`);
  if (reason) console.error(`  reason ${reason}`);
  return retryAfter;
}

/** With --ca in TLS; with --cert and --key the client shows a certificate too. */
function credentials({ ca, cert, key }) {
  if (!ca) return grpc.credentials.createInsecure();
  return cert
    ? grpc.credentials.createSsl(readFileSync(ca), readFileSync(key), readFileSync(cert))
    : grpc.credentials.createSsl(readFileSync(ca));
}

function readArguments() {
  const text = { type: "string" };
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        output: { ...text, short: "o", default: "story.mp4" },
        address: { ...text, default: "localhost:5100" },
        "api-key": { ...text, default: process.env.PHENAKI_API_KEY ?? "" },
        frames: text, steps: text, seed: text, ca: text, cert: text, key: text,
      },
    });
    if (parsed.positionals.length > 0) return parsed;
    throw new Error("There is no prompt.");
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

process.exitCode = await main();
