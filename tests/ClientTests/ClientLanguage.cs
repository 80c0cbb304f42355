namespace Phenaki.ClientTests;

/// <summary>A language that there is a client in.</summary>
/// <param name="Folder">Its folder below tests/Clients.</param>
/// <param name="Command">Starts the client, in that folder.</param>
/// <param name="FirstVideo">The program that its README shows.</param>
/// <param name="Needs">Commands that must succeed where it can be built, with what to install where they do not.</param>
public sealed record ClientLanguage(string Folder, string Command, string FirstVideo, params IReadOnlyList<(string Command, string Package)> Needs)
{
    private static readonly (string, string) Ffmpeg = ("command -v ffmpeg", "ffmpeg");

    /// <summary>Python, with grpcio.</summary>
    public static ClientLanguage Python { get; } = new(
        "python", "python3 story.py", "first_video.py", Ffmpeg, ("command -v protoc", "protobuf-compiler"), ("command -v grpc_python_plugin", "protobuf-compiler-grpc"),
        ("python3 -c 'import grpc, google.protobuf'", "python3-grpcio and python3-protobuf"));

    /// <summary>Node, with @grpc/grpc-js.</summary>
    public static ClientLanguage Node { get; } = new(
        "node", "node story.js", "first-video.js", Ffmpeg, ("command -v node", "nodejs"), ("command -v npm", "npm"));

    /// <summary>C++, with grpc++.</summary>
    public static ClientLanguage Cpp { get; } = new(
        "cpp", "bin/story", "first_video.cpp", Ffmpeg, ("command -v c++", "g++"), ("command -v cmake", "cmake"), ("command -v protoc", "protobuf-compiler"),
        ("command -v grpc_cpp_plugin", "protobuf-compiler-grpc"), ("echo '#include <grpcpp/grpcpp.h>' | c++ -std=c++17 -fsyntax-only -x c++ -", "libgrpc++-dev"));

    /// <summary>Node again, with OpenAI's client, for the videos API; its command checks every call.</summary>
    public static ClientLanguage OpenAi { get; } = new(
        "openai", "node check.js", "first-video.js", Ffmpeg, ("command -v node", "nodejs"), ("command -v npm", "npm"));

    /// <summary>Folders that building makes.</summary>
    public static IReadOnlySet<string> Built { get; } = new HashSet<string> { "bin", "generated", "node_modules", "__pycache__" };

    /// <summary>Where programs are looked for: the system's own python before any other, since its packages are the system's too.</summary>
    public static string SearchPath { get; } = $"/usr/bin:{Environment.GetEnvironmentVariable("PATH")}";
}
