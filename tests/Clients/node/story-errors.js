/** What an error of the services says beyond its code: google.rpc.Status, in the trailer grpc-status-details-bin. */

import { rpc } from "./contracts.js";

/**
 * Reads the details of an error.
 * @param {import("@grpc/grpc-js").ServiceError} error
 * @returns {{violations: {field: string, description: string}[], retryAfter?: number, reason?: string}}
 *   Every wrong field; seconds to wait before asking again, undefined where that does not help; a reason as in MODEL_MISMATCH.
 */
export function detailsOf(error) {
  const details = { violations: [] };
  for (const bytes of error.metadata?.get("grpc-status-details-bin") ?? []) {
    for (const packed of rpc.lookupType("Status").decode(bytes).details) {
      const name = packed.type_url.slice(packed.type_url.lastIndexOf("/") + 1);
      switch (name) {
        case "google.rpc.BadRequest":
          details.violations.push(...decode(name, packed).fieldViolations);
          break;
        case "google.rpc.RetryInfo": {
          const { seconds, nanos } = decode(name, packed).retryDelay;
          details.retryAfter = Number(seconds) + nanos / 1e9;
          break;
        }
        case "google.rpc.ErrorInfo":
          details.reason = decode(name, packed).reason;
          break;
      }
    }
  }
  return details;
}

function decode(name, packed) {
  return rpc.lookupType(name).decode(packed.value);
}
