import { spawn } from "node:child_process";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const definition = loader.loadSync("phenaki/story/v1/story.proto", { includeDirs: ["../../../protos"], oneofs: true });
const { StoryService } = grpc.loadPackageDefinition(definition).phenaki.story.v1;
const stories = new StoryService(process.env.PHENAKI_ADDRESS ?? "localhost:5100", grpc.credentials.createInsecure());
const prompts = ["A teddy bear is swimming in the ocean.", "The teddy bear goes under water."];
let ffmpeg;
for await (const event of stories.generateStory({ scenes: prompts.map((prompt) => ({ prompt })) })) {
  if (event.accepted) {
    const { width, height, framesPerSecond } = event.accepted;
    const raw = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", `${width}x${height}`, "-framerate", `${framesPerSecond}`, "-i", "-"];
    ffmpeg = spawn("ffmpeg", ["-loglevel", "error", "-y", ...raw, "-pix_fmt", "yuv420p", "story.mp4"], { stdio: ["pipe", "inherit", "inherit"] });
  } else if (event.frame) ffmpeg.stdin.write(event.frame.frame.rgb);
  console.log(event.event);
}
ffmpeg.stdin.end();
