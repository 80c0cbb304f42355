#include <grpcpp/grpcpp.h>
#include "phenaki/story/v1/story.grpc.pb.h"
int main() {
  const char* address = std::getenv("PHENAKI_ADDRESS");
  auto channel = grpc::CreateChannel(address ? address : "localhost:5100", grpc::InsecureChannelCredentials());
  auto stories = phenaki::story::v1::StoryService::NewStub(channel);
  phenaki::story::v1::GenerateStoryRequest request;
  request.add_scenes()->set_prompt("A teddy bear is swimming in the ocean.");
  request.add_scenes()->set_prompt("The teddy bear goes under water.");
  grpc::ClientContext context;
  auto events = stories->GenerateStory(&context, request);
  FILE* ffmpeg = nullptr;
  for (phenaki::story::v1::GenerateStoryResponse event; events->Read(&event); std::printf("event %d\n", event.event_case()))
    if (const auto& plan = event.accepted(); event.has_accepted()) {
      const std::string raw = "-f rawvideo -pixel_format rgb24 -video_size " + std::to_string(plan.width()) + "x" + std::to_string(plan.height());
      const std::string rate = " -framerate " + std::to_string(plan.frames_per_second()) + " -i - -pix_fmt yuv420p ";
      ffmpeg = popen(("ffmpeg -loglevel error -y " + raw + rate + "story.mp4").c_str(), "w");
    } else if (event.has_frame()) std::fwrite(event.frame().frame().rgb().data(), 1, event.frame().frame().rgb().size(), ffmpeg);
  return events->Finish().ok() ? pclose(ffmpeg) : 1;
}
