/** The contracts, read from the .proto files when the program starts: nothing to generate, nothing to keep in step. */

import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";
import protobuf from "protobufjs";

const protos = fileURLToPath(new URL("../../../protos", import.meta.url));
const errors = fileURLToPath(new URL("../protos/rpc_errors.proto", import.meta.url));

// 64-bit seeds do not fit into a number, so they are strings; oneofs: event.event is the name of the field that is set.
const story = loader.loadSync("phenaki/story/v1/story.proto", { includeDirs: [protos], longs: String, oneofs: true, defaults: true });

export const { StoryService } = grpc.loadPackageDefinition(story).phenaki.story.v1;

/** The messages of google.rpc, which travel as bytes in a trailer. */
export const rpc = protobuf.loadSync(errors).lookup("google.rpc");
