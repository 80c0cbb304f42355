import os, subprocess, sys

sys.path.insert(0, "generated")
import grpc
from phenaki.story.v1 import story_pb2 as story, story_pb2_grpc as services

channel = grpc.insecure_channel(os.environ.get("PHENAKI_ADDRESS", "localhost:5100"))
stories = services.StoryServiceStub(channel)
prompts = ["A teddy bear is swimming in the ocean.", "The teddy bear goes under water."]
request = story.GenerateStoryRequest(scenes=[story.Scene(prompt=prompt) for prompt in prompts])
for event in stories.GenerateStory(request):
    if event.HasField("accepted"):
        size, rate = f"{event.accepted.width}x{event.accepted.height}", str(event.accepted.frames_per_second)
        raw = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", size, "-framerate", rate, "-i", "-"]
        ffmpeg = subprocess.Popen(["ffmpeg", "-loglevel", "error", "-y", *raw, "-pix_fmt", "yuv420p", "story.mp4"], stdin=subprocess.PIPE)
    elif event.HasField("frame"):
        ffmpeg.stdin.write(event.frame.frame.rgb)
    print(event.WhichOneof("event"))
ffmpeg.communicate()
