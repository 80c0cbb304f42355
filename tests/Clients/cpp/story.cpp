// Makes a story into a video: shows its progress, saves it, can be stopped with Ctrl-C, and says what is wrong.

#include <getopt.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "phenaki/story/v1/story.grpc.pb.h"
#include "story_errors.h"
#include "video_file.h"

namespace story = phenaki::story::v1;

namespace {

constexpr const char* kCodes[] = {
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};
constexpr int kAttempts = 5;
constexpr int kFailure = 1;
constexpr int kUsage = 2;
constexpr int kCancelled = 130;

constexpr char kUsageText[] = R"(usage: story [options] PROMPT...
  -o, --output FILE  video file; the ending chooses the format (default: story.mp4)
  --frames N         frames of each scene (default: the service's)
  --steps N          sampling steps (default: the model's)
  --seed N           the same seed gives the same video (default: the service draws one)
  --address H:P      the orchestrator (default: localhost:5100)
  --api-key KEY      key (default: the variable PHENAKI_API_KEY)
  --ca FILE          PEM file of the authority that signed the service's certificate: speak TLS
  --cert, --key FILE PEM files of this client's own certificate and its private key
)";

struct Options {
  std::string output = "story.mp4";
  std::string address = "localhost:5100";
  std::string api_key;
  std::string ca, cert, key;
  story::GenerateStoryRequest request;
};

// Cancels a call when Ctrl-C comes. TryCancel must not be called in a signal handler: a thread waits for the signal instead.
class CancelOnInterrupt {
 public:
  // The signal must be blocked in every thread, so this comes before gRPC starts its own.
  static void BlockSignal() {
    sigset_t signals = Interrupt();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  }

  explicit CancelOnInterrupt(grpc::ClientContext& context) : thread_([this, &context] {
    const timespec patience{0, 100'000'000};
    sigset_t signals = Interrupt();
    while (!ended_) {
      if (sigtimedwait(&signals, nullptr, &patience) == SIGINT) context.TryCancel();
    }
  }) {}

  ~CancelOnInterrupt() {
    ended_ = true;
    thread_.join();
  }

 private:
  static sigset_t Interrupt() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    return signals;
  }

  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

// Asks for the story and saves its frames as they come.
grpc::Status Generate(story::StoryService::Stub& stories, const Options& options) {
  grpc::ClientContext context;
  if (!options.api_key.empty()) context.AddMetadata("authorization", "Bearer " + options.api_key);
  CancelOnInterrupt cancelling(context);
  auto events = stories.GenerateStory(&context, options.request);
  std::unique_ptr<VideoFile> video;
  story::StoryAccepted plan;
  story::GenerateStoryResponse event;
  while (events->Read(&event)) {
    switch (event.event_case()) {
      case story::GenerateStoryResponse::kAccepted:
        plan = event.accepted();
        std::cerr << "Seed " << plan.seed() << ", " << plan.frames() << " frames of " << plan.width() << "x" << plan.height() << " pixels.\n";
        video = std::make_unique<VideoFile>(options.output, plan.width(), plan.height(), plan.frames_per_second());
        break;
      case story::GenerateStoryResponse::kSceneStarted: {
        const auto number = event.scene_started().scene();
        std::cerr << "Scene " << number + 1 << " of " << plan.scenes_size() << ": " << plan.scenes(number).prompt() << "\n";
        break;
      }
      case story::GenerateStoryResponse::kProgress: {
        const auto& progress = event.progress();
        std::cerr << "  clip " << progress.clip() + 1 << " of " << plan.scenes(progress.scene()).clips() << ", step " << progress.step()
                  << " of " << progress.steps() << "\n";
        break;
      }
      case story::GenerateStoryResponse::kFrame:
        video->Append(event.frame().frame().rgb());
        break;
      case story::GenerateStoryResponse::kFinished:
        video->Save();
        break;
      default:
        break;
    }
  }
  const grpc::Status status = events->Finish();
  if (status.ok()) std::cout << options.output << ": " << plan.frames() << " frames\n";
  return status;
}

// Says what is wrong; answers how long to wait before asking again, nothing for not at all.
std::optional<std::chrono::duration<double>> Report(const grpc::Status& error) {
  std::cerr << kCodes[error.error_code()] << ": " << error.error_message() << "\n";
  const ErrorDetails details = DetailsOf(error);
  for (const auto& [field, description] : details.violations) std::cerr << "  " << field << ": " << description << "\n";
  if (!details.reason.empty()) std::cerr << "  reason " << details.reason << "\n";
  return details.retry_after;
}

int Run(const Options& options, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stories = story::StoryService::NewStub(channel);
  for (int attempt = 1;; attempt++) {
    const grpc::Status status = Generate(*stories, options);
    if (status.ok()) return 0;
    if (status.error_code() == grpc::StatusCode::CANCELLED) {
      std::cerr << "Cancelled.\n";
      return kCancelled;
    }
    const auto wait = Report(status);
    if (!wait || attempt == kAttempts) return status.error_code() == grpc::StatusCode::INVALID_ARGUMENT ? kUsage : kFailure;
    std::cerr << "Asking again in " << wait->count() << " seconds.\n";
    std::this_thread::sleep_for(*wait);
  }
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

// With --ca in TLS; with --cert and --key the client shows a certificate too.
std::shared_ptr<grpc::ChannelCredentials> Credentials(const Options& options) {
  if (options.ca.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = ReadFile(options.ca);
  if (!options.cert.empty()) {
    tls.pem_cert_chain = ReadFile(options.cert);
    tls.pem_private_key = ReadFile(options.key);
  }
  return grpc::SslCredentials(tls);
}

Options ReadArguments(int argc, char** argv) {
  static const option kNames[] = {{"output", required_argument, nullptr, 'o'},  {"frames", required_argument, nullptr, 'f'},
                                  {"steps", required_argument, nullptr, 't'},   {"seed", required_argument, nullptr, 's'},
                                  {"address", required_argument, nullptr, 'a'}, {"api-key", required_argument, nullptr, 'p'},
                                  {"ca", required_argument, nullptr, 'c'},      {"cert", required_argument, nullptr, 'r'},
                                  {"key", required_argument, nullptr, 'k'},     {nullptr, 0, nullptr, 0}};
  Options options;
  if (const char* key = std::getenv("PHENAKI_API_KEY")) options.api_key = key;
  uint32_t frames = 0;
  for (int name; (name = getopt_long(argc, argv, "o:", kNames, nullptr)) != -1;) {
    switch (name) {
      case 'o': options.output = optarg; break;
      case 'f': frames = std::stoul(optarg); break;
      case 't': options.request.mutable_sampling()->set_steps(std::stoul(optarg)); break;
      case 's': options.request.set_seed(std::stoull(optarg)); break;
      case 'a': options.address = optarg; break;
      case 'p': options.api_key = optarg; break;
      case 'c': options.ca = optarg; break;
      case 'r': options.cert = optarg; break;
      case 'k': options.key = optarg; break;
      default: throw std::invalid_argument("These arguments are not understood.");
    }
  }
  if (optind == argc) throw std::invalid_argument("There is no prompt.");
  for (; optind < argc; optind++) {
    auto* scene = options.request.add_scenes();
    scene->set_prompt(argv[optind]);
    scene->set_frames(frames);
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);  // Where ffmpeg has ended, writing to it shall fail, not end us.
  CancelOnInterrupt::BlockSignal();
  try {
    const Options options = ReadArguments(argc, argv);
    return Run(options, grpc::CreateChannel(options.address, Credentials(options)));
  } catch (const std::logic_error& error) {
    std::cerr << error.what() << "\n" << kUsageText;
    return kUsage;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return kFailure;
  }
}
