#!/usr/bin/env python3
"""Makes a story into a video: shows its progress, saves it, can be stopped with Ctrl-C, and says what is wrong."""

import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "generated"))

import grpc
from phenaki.story.v1 import story_pb2, story_pb2_grpc

from story_errors import details_of
from video_file import VideoFile

ATTEMPTS = 5


def main() -> int:
    arguments = read_arguments()
    request = story_pb2.GenerateStoryRequest(
        scenes=[story_pb2.Scene(prompt=prompt, frames=arguments.frames) for prompt in arguments.prompts], seed=arguments.seed)
    if arguments.steps is not None:
        request.sampling.steps = arguments.steps
    with connect(arguments) as channel:
        stories = story_pb2_grpc.StoryServiceStub(channel)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return generate(stories, request, arguments)
            except grpc.RpcError as error:
                wait = report(error)
                if wait is None or attempt == ATTEMPTS:
                    return 2 if error.code() == grpc.StatusCode.INVALID_ARGUMENT else 1
                say(f"Asking again in {wait:g} seconds.")
                time.sleep(wait)


def generate(stories: story_pb2_grpc.StoryServiceStub, request: story_pb2.GenerateStoryRequest, arguments: argparse.Namespace) -> int:
    """Asks for the story and saves its frames as they come."""
    metadata = [("authorization", f"Bearer {arguments.api_key}")] if arguments.api_key else []
    call = stories.GenerateStory(request, metadata=metadata)
    try:
        plan = next(call).accepted  # The first event, or the error.
        say(f"Seed {plan.seed}, {plan.frames} frames of {plan.width}x{plan.height} pixels.")
        with VideoFile(arguments.output, plan.width, plan.height, plan.frames_per_second) as video:
            for event in call:
                match event.WhichOneof("event"):
                    case "scene_started":
                        number = event.scene_started.scene
                        say(f"Scene {number + 1} of {len(plan.scenes)}: {plan.scenes[number].prompt}")
                    case "progress":
                        progress = event.progress
                        say(f"  clip {progress.clip + 1} of {plan.scenes[progress.scene].clips}, step {progress.step} of {progress.steps}")
                    case "frame":
                        video.append(event.frame.frame.rgb)
                    case "finished":
                        video.save()
        print(f"{arguments.output}: {plan.frames} frames")
        return 0
    except KeyboardInterrupt:
        # The service stops within one step; just leaving would only be noticed when the connection breaks.
        call.cancel()
        say("Cancelled.")
        return 130


def report(error: grpc.RpcError) -> float | None:
    """Says what is wrong; answers how many seconds to wait before asking again, None for not at all."""
    say(f"{error.code().name}: {error.details()}")
    details = details_of(error)
    for field, description in details.violations:
        say(f"  {field}: {description}")
    if details.reason:
        say(f"  reason {details.reason}")
    return details.retry_after


def connect(arguments: argparse.Namespace) -> grpc.Channel:
    """A connection; with --ca in TLS, with --cert and --key the client shows a certificate too."""
    if not arguments.ca:
        return grpc.insecure_channel(arguments.address)
    own = [read(arguments.key), read(arguments.cert)] if arguments.cert else [None, None]
    return grpc.secure_channel(arguments.address, grpc.ssl_channel_credentials(read(arguments.ca), *own))


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prompts", nargs="+", metavar="PROMPT", help="a scene")
    parser.add_argument("-o", "--output", default="story.mp4", help="video file; the ending chooses the format (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=0, help="frames of each scene (default: the service's)")
    parser.add_argument("--steps", type=int, help="sampling steps (default: the model's)")
    parser.add_argument("--seed", type=int, help="the same seed gives the same video (default: the service draws one)")
    parser.add_argument("--address", default="localhost:5100", help="HOST:PORT of the orchestrator (default: %(default)s)")
    parser.add_argument("--api-key", default=os.environ.get("PHENAKI_API_KEY"), help="key (default: the variable PHENAKI_API_KEY)")
    parser.add_argument("--ca", help="PEM file of the authority that signed the service's certificate: speak TLS")
    parser.add_argument("--cert", help="PEM file of this client's own certificate, with --key")
    parser.add_argument("--key", help="PEM file of its private key")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
